/**
 * Tests the picture of a page in the README.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BROWSER } from "../support/browser.ts";
import { claudeVersion, DEFAULT_VERSION } from "../support/claude.ts";
import { PAGE_PICTURE, pagePicture } from "../support/page_picture.ts";
import { pictureSession } from "../support/picture_session.ts";
import { testWith } from "../support/test_with.ts";

/** A limit to notice when the picture grows. */
const MAX_BYTES = 280_000;

const SHOWN_VERSION = claudeVersion === DEFAULT_VERSION
  ? undefined
  : `the picture shows ${DEFAULT_VERSION}`;

/** Returns the width and the height of a PNG. */
function sizeOf(png: Uint8Array): readonly [number, number] {
  assertEquals(new TextDecoder("latin1").decode(png.subarray(1, 4)), "PNG");
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

testWith(
  { unless: BROWSER.unless ?? SHOWN_VERSION },
  "the picture of the page can be drawn, and the one in the repository is as wide",
  async () => {
    const [made, shown] = [await pagePicture(), await Deno.readFile(PAGE_PICTURE)];
    assertEquals(sizeOf(shown)[0], sizeOf(made)[0], "see: deno task picture");
    for (const picture of [made, shown]) assert(picture.length < MAX_BYTES, `${picture.length}`);
  },
);

testWith(
  { unless: SHOWN_VERSION },
  "the picture of the page shows no path of the machine",
  async () => {
    const shown = JSON.stringify(await pictureSession());
    assertEquals(/\/tmp|\/root|ccrun-test/.exec(shown), null);
    assert(shown.includes("/home/ada/till"));
  },
);

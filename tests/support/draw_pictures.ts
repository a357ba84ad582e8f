/**
 * Draws the pictures in the README: of a terminal, and of the page of a session.
 *
 * ```sh
 * deno task picture           # writes .github/terminal.svg and .github/page.png
 * deno task picture --check   # fails if .github/terminal.svg is out of date
 * ```
 *
 * The picture of the page depends on the fonts of the machine, so it is not compared.
 *
 * @module
 */

import { BROWSER, INSTALL_CHROMIUM } from "./browser.ts";
import { PAGE_PICTURE, pagePicture } from "./page_picture.ts";
import { PICTURE, pictureOf, pictureOutput } from "./picture.ts";

async function main(args: readonly string[]): Promise<number> {
  const isCheck = args[0] === "--check";
  if (args.length > (isCheck ? 1 : 0)) {
    console.error("usage: deno task picture [--check]");
    return 2;
  }
  const made = pictureOf(await pictureOutput());
  if (!isCheck) {
    await Deno.writeTextFile(PICTURE, made);
    return await drawPage();
  }
  if (await Deno.readTextFile(PICTURE).catch(() => "") === made) return 0;
  console.error("the picture is out of date: run `deno task picture`");
  return 1;
}

async function drawPage(): Promise<number> {
  if (BROWSER.unless !== undefined) {
    console.error(`cannot draw the page without Chromium: ${INSTALL_CHROMIUM}`);
    return 1;
  }
  await Deno.writeFile(PAGE_PICTURE, await pagePicture());
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

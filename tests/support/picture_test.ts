/**
 * Tests the picture in the README and its tools.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { TERMINAL } from "../e2e/in_terminal.ts";
import { claudeVersion, DEFAULT_VERSION } from "./claude.ts";
import { PICTURE, pictureOf, pictureOutput } from "./picture.ts";
import { PICTURE_COMMAND } from "./picture_scene.ts";
import { type Cell, makeScreen } from "./screen.ts";
import { escaped, terminalSvg } from "./terminal_svg.ts";
import { testWith } from "./test_with.ts";

/** A limit far below that of GitHub, to notice when the picture grows. */
const MAX_BYTES = 60_000;

const OPTIONS = { columns: 20, caption: "x", title: "t", description: "d", cursor: 0 };

/** Returns the rows of a screen. */
function rowsOf(output: string): readonly (readonly Cell[])[] {
  const screen = makeScreen(40);
  screen.write(output);
  return screen.rows();
}

/** Fails unless the text is well-formed XML with one root. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.trim().replaceAll(
    /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g,
    (_tag, closes: string, name: string, _attributes, isEmpty: string) => {
      if (closes !== "") assertEquals(open.pop(), name);
      else if (isEmpty === "") open.push(name);
      return open.length === 0 ? "\0" : "";
    },
  );
  assertEquals(open, []);
  assertEquals(rest.split("\0").at(-1), "", "text after the root");
  assertEquals(/[<>]|&(?!amp;|lt;|gt;|quot;)/.exec(rest.replaceAll("\0", "")), null);
}

testWith(
  {
    ...TERMINAL,
    unless: TERMINAL.unless ??
      (claudeVersion === DEFAULT_VERSION ? undefined : `the picture shows ${DEFAULT_VERSION}`),
  },
  "the picture in the repository is up to date",
  async () => {
    const made = pictureOf(await pictureOutput());
    assertEquals(await Deno.readTextFile(PICTURE), made, "see: deno task picture");
  },
);

Deno.test("the picture in the repository is self-contained", async () => {
  const svg = await Deno.readTextFile(PICTURE);
  assertWellFormed(svg);
  assert(new TextEncoder().encode(svg).length < MAX_BYTES);
  assertEquals(/<script|<image|<foreignObject|href|@import|url\(|\bon[a-z]+=/.exec(svg), null);
  assertEquals(svg.match(/https?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
  assertMatch(svg, /<title id="title">[^<]+<\/title>\n<desc id="description">[^<]+<\/desc>/);
  assert(svg.includes(escaped(PICTURE_COMMAND)));
  // It contains no path of the machine.
  assertEquals(/\/tmp|\/home|\/root|ccrun-test/.exec(svg), null);
});

Deno.test("terminalSvg escapes text", () => {
  const hostile = `</text><script>&"']]>`;
  const svg = terminalSvg(rowsOf(hostile), {
    ...OPTIONS,
    caption: hostile,
    title: hostile,
    description: hostile,
  });
  assertWellFormed(svg);
  assertEquals(svg.includes("<script"), false);
  assertEquals(svg.split(escaped(hostile)).length, 5);
});

Deno.test("terminalSvg places words by their columns", () => {
  const svg = terminalSvg(rowsOf("a b  c ✓ 天d"), OPTIONS);
  const words = [
    ...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)"[^>]*>([^<]*)</g),
  ]
    .map(([, x, length, text]) => [text, (Number(x) - 20) / 8.4, Number(length) / 8.4])
    .map(([text, ...numbers]) => [text, ...numbers.map((n) => Math.round(Number(n) * 10) / 10)]);
  assertEquals(words, [["a b", 0, 3], ["c", 5, 1], ["✓", 7, 1], ["天", 9, 2], ["d", 11, 1]]);
});

Deno.test("pictureOf ignores the durations of the run and its tools", () => {
  const closing = (time: string) => `\x1b[32m✓\x1b[39m \x1b[2m${time} · 6 turns\x1b[22m`;
  const fast = `$ x\r\n● Read  a.js\r\n  └ 5 lines\r\n✓ Agent\r\n  └ ok\r\n${closing("0.8s")}`;
  const slow =
    "$ x\r\n● Read  a.js\r\n  └ 5 lines · 1.2s\r\n✓ Agent  12s\r\n  └ ok\r\n    1.0s\r\n" +
    closing("1m 12s");
  assertEquals(pictureOf(slow), pictureOf(fast));
});

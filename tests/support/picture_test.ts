/**
 * Tests the picture in the README and its tools.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { TERMINAL } from "../e2e/in_terminal.ts";
import { claudeVersion, DEFAULT_VERSION } from "./claude.ts";
import { PICTURE, pictureOf, pictureOutput } from "./picture.ts";
import { PICTURE_COMMAND } from "./picture_scene.ts";
import { type Cell, screenOf } from "./terminal_screen.ts";
import { escaped, terminalSvg } from "./terminal_svg.ts";
import { testWith } from "./test_with.ts";

/** A limit far below that of GitHub, to notice when the picture grows. */
const MAX_BYTES = 60_000;

const OPTIONS = { columns: 20, caption: "x", title: "t", description: "d", cursor: 0 };

function textOf(cells: readonly Cell[]): string {
  return cells.map(({ text }) => text).join("");
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

Deno.test("screenOf keeps colors, and applies overwriting and erasing", () => {
  const [first = [], second = [], ...more] = screenOf(
    "\x1b[?2004hlive line\r\x1b[K\x1b[1;31mno\x1b[0m \x1b[2mdim\x1b[22m\r\nold\x1b[A\r\x1b[Cx\r\n\x1b[Jnew",
    20,
  );
  assertEquals([textOf(first), textOf(second), more], ["nx dim", "new", []]);
  assertEquals(first.map(({ look }) => [look.color, look.bold, look.dim].join()).slice(0, 3), [
    "red,true,false",
    ",false,false",
    ",false,false",
  ]);
  assertEquals(first[3]?.look.dim, true);
});

Deno.test("screenOf gives a wide character two columns", () => {
  const [row = []] = screenOf("天地x", 20);
  assertEquals(row.map(({ column, width }) => [column, width]), [[0, 2], [2, 2], [4, 1]]);
});

Deno.test("screenOf throws for control sequences that it does not support", () => {
  for (
    const output of ["\x1b[3m", "\x1b[2J", "\x1b[5;5H", "\x07", "\x1b]0;t\x07", "x".repeat(21)]
  ) {
    assertThrows(() => screenOf(output, 20), Error);
  }
});

Deno.test("terminalSvg escapes text", () => {
  const hostile = `</text><script>&"']]>`;
  const svg = terminalSvg(screenOf(hostile, 40), {
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
  const svg = terminalSvg(screenOf("a b  c ✓ 天d", 20), OPTIONS);
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

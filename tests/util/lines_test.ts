import { assertEquals } from "@std/assert";
import { countLines, lastLines, trimBlankLines, trimLineEnds } from "../../lib/util/lines.ts";

Deno.test("trimBlankLines and countLines ignore blank lines around the text", () => {
  const cases: [text: string, content: string, count: number][] = [
    ["", "", 0],
    [" \n\t\n", "", 0],
    ["a", "a", 1],
    ["\n \n  a\n\nb  \n\n", "  a\n\nb", 3],
  ];
  for (const [text, content, count] of cases) {
    assertEquals([trimBlankLines(text), countLines(text)], [content, count]);
  }
  assertEquals(countLines("line\n".repeat(2_000_000)), 2_000_000);
  assertEquals(countLines("\n".repeat(2_000_000)), 0);
});

Deno.test("lastLines returns at most so many lines", () => {
  const cases: [text: string, count: number, lines: string[]][] = [
    ["a\nb\nc", 0, []],
    ["a\nb\nc", 2, ["b", "c"]],
    ["a\nb\nc", 9, ["a", "b", "c"]],
    ["\na\n\n", 3, ["a", "", ""]],
    ["\n\na", 9, ["", "", "a"]],
    ["", 2, [""]],
  ];
  for (const [text, count, lines] of cases) assertEquals(lastLines(text, count), lines);
});

Deno.test("trimLineEnds removes line ends at the end only", () => {
  assertEquals(trimLineEnds("\na \r\n\n"), "\na ");
  assertEquals(trimLineEnds(`a${"\n".repeat(1_000_000)}b`).length, 1_000_002);
});

import { assertEquals } from "@std/assert";
import { contentLines, countLines, trimLineEnds } from "../../lib/util/lines.ts";

Deno.test("contentLines ignores blank lines around the text", () => {
  const cases: [text: string, lines: string[]][] = [
    ["", []],
    [" \n\t\n", []],
    ["a", ["a"]],
    ["\n \n  a\n\nb  \n\n", ["  a", "", "b"]],
  ];
  for (const [text, lines] of cases) assertEquals(contentLines(text), lines);
  assertEquals(countLines("line\n".repeat(2_000_000)), 2_000_000);
  assertEquals(countLines("\n".repeat(2_000_000)), 0);
});

Deno.test("trimLineEnds removes line ends at the end only", () => {
  assertEquals(trimLineEnds("\na \r\n\n"), "\na ");
  assertEquals(trimLineEnds(`a${"\n".repeat(1_000_000)}b`).length, 1_000_002);
});

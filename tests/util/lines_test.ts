import { assertEquals } from "@std/assert";
import { countLines, trimLineEnds } from "../../lib/util/lines.ts";

Deno.test("countLines ignores blank lines around the text", () => {
  const cases: [text: string, count: number][] = [
    ["", 0],
    [" \n\t\n", 0],
    ["a", 1],
    ["\n\na\n\nb\n\n", 3],
    ["line\n".repeat(2_000_000), 2_000_000],
  ];
  for (const [text, count] of cases) assertEquals(countLines(text), count);
});

Deno.test("trimLineEnds removes line ends at the end only", () => {
  assertEquals(trimLineEnds("\na \r\n\n"), "\na ");
  assertEquals(trimLineEnds(`a${"\n".repeat(1_000_000)}b`).length, 1_000_002);
});

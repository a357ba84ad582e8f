import { assertEquals } from "@std/assert";
import { oneLine } from "../../lib/util/one_line.ts";

Deno.test("oneLine joins lines with any kind of line break", () => {
  assertEquals(oneLine("  a \r\n\n b\rc\n"), "a b c");
  assertEquals(oneLine("a  b"), "a  b");
  assertEquals(oneLine(" \n "), "");
});

Deno.test("oneLine takes linear time on hostile text", () => {
  const spaces = " ".repeat(2_000_000);
  assertEquals(oneLine(`a${spaces}b${spaces}\n${spaces}c`), `a${spaces}b c`);
});

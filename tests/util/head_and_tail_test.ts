import { assertEquals } from "@std/assert";
import { countLines, headAndTail } from "../../lib/util/head_and_tail.ts";

const NUMBERS = Array.from({ length: 10 }, (_, n) => String(n)).join("\n");

Deno.test("fold keeps the first lines and counts the rest", () => {
  assertEquals(headAndTail(NUMBERS, 3), { head: ["0", "1", "2"], hidden: 7, tail: [] });
});

Deno.test("fold keeps the last lines where that is asked for", () => {
  assertEquals(headAndTail(NUMBERS, 2, 3), { head: ["0", "1"], hidden: 5, tail: ["7", "8", "9"] });
});

Deno.test("fold leaves a short text whole", () => {
  assertEquals(headAndTail("a\n\nb", 2, 1), { head: ["a", "", "b"], hidden: 0, tail: [] });
  assertEquals(headAndTail("", 2), { head: [], hidden: 0, tail: [] });
  assertEquals(headAndTail(" \n\n", 2), { head: [], hidden: 0, tail: [] });
});

Deno.test("fold takes no account of blank lines around the text, but keeps its indentation", () => {
  assertEquals(headAndTail("\n \n  a\nb  \n\n", 5).head, ["  a", "b"]);
});

Deno.test("fold makes visible what it keeps", () => {
  assertEquals(headAndTail("\x1b[32mok\x1b[0m\r\n\x1b[2J\tx", 5).head, ["ok", "␛[2J\tx"]);
});

Deno.test("fold cuts one huge line before it looks at it", () => {
  const { head, hidden } = headAndTail("\x1bx".repeat(5_000_000), 5, 5);
  assertEquals([head.length, hidden], [1, 0]);
  assertEquals(head[0]?.length, 2_001);
});

Deno.test("fold counts millions of lines in a moment", () => {
  const text = "line\n".repeat(2_000_000);
  assertEquals(headAndTail(text, 5, 5).hidden, 1_999_990);
  assertEquals(countLines(text), 2_000_000);
});

import { assertEquals } from "@std/assert";
import { type HeadAndTail, headAndTail } from "../../lib/terminal/head_and_tail.ts";

const NUMBERS = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9";

Deno.test("headAndTail returns the first and last lines, and counts the others", () => {
  const cases: [text: string, head: number, tail: number, expected: HeadAndTail][] = [
    [NUMBERS, 3, 0, { head: ["0", "1", "2"], hidden: 7, tail: [] }],
    [NUMBERS, 2, 3, { head: ["0", "1"], hidden: 5, tail: ["7", "8", "9"] }],
    ["a\n\nb", 2, 1, { head: ["a", "", "b"], hidden: 0, tail: [] }],
    ["", 2, 0, { head: [], hidden: 0, tail: [] }],
    [" \n\n", 2, 0, { head: [], hidden: 0, tail: [] }],
    ["\n \n  a\nb  \n\n", 5, 0, { head: ["  a", "b"], hidden: 0, tail: [] }],
    ["\x1b[32mok\x1b[0m\r\n\x1b[2J\tx", 5, 0, { head: ["ok", "␛[2J\tx"], hidden: 0, tail: [] }],
  ];
  for (const [text, head, tail, expected] of cases) {
    assertEquals(headAndTail(text, head, tail), expected, JSON.stringify(text));
  }
});

Deno.test("headAndTail cuts a huge line before it sanitizes it", () => {
  const { head, hidden } = headAndTail("\x1bx".repeat(5_000_000), 5, 5);
  assertEquals([head.length, hidden], [1, 0]);
  assertEquals(head[0], `${"␛x".repeat(1_000)}… +9998000 characters`);
});

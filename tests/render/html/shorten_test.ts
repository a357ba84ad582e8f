import { assert, assertEquals } from "@std/assert";
import { shorten } from "../../../lib/render/html/shorten.ts";

Deno.test("shorten keeps the beginning and the end of a text", () => {
  const cases: [text: string, limit: number, parts: [string, string, string]][] = [
    ["short", 5, ["short", "", ""]],
    ["0123456789", 5, ["012", "5 characters", "89"]],
    ["one\ntwo\nthree\nfour\nfive", 14, ["one\ntwo", "12 characters", "five"]],
    ["😀😀😀😀", 3, ["😀", "6 characters", ""]],
  ];
  for (const [text, limit, [head, missing, tail]] of cases) {
    assertEquals(shorten(text, limit), { head, missing, tail });
  }
});

Deno.test("shorten keeps about as much as it may", () => {
  const { head, missing, tail } = shorten("line\n".repeat(100_000), 1_000);
  const kept = head.length + tail.length;
  assert(kept > 900 && kept <= 1_000, String(kept));
  assertEquals(missing, `${(500_000 - kept).toLocaleString("en-US")} characters`);
});

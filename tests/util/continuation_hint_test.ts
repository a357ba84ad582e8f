import { assertEquals } from "@std/assert";
import { withoutContinuation } from "../../lib/util/continuation_hint.ts";

Deno.test("withoutContinuation removes the command that continues the session", () => {
  const cases: [string, string][] = [
    ["", ""],
    ["try again", "try again"],
    ['try again; resume with: ccrun --resume x "..."', "try again"],
    ["shorten it; compact with: ccrun --resume x /compact", "shorten it"],
    ['resume with: ccrun --resume x "..."', ""],
  ];
  for (const [hint, rest] of cases) assertEquals(withoutContinuation(hint), rest);
});

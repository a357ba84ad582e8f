import { assertEquals } from "@std/assert";
import { noticeLine } from "../../lib/render/notices.ts";

Deno.test("noticeLine returns one line without control characters", () => {
  const notice = { level: "done", label: "task \x1b]0;x\x07", text: "a\nb\x1b[2J" } as const;
  assertEquals(noticeLine(notice), "task ␛]0;x␇: a ⏎ b␛[2J");
});

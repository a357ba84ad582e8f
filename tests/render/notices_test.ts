import { assertEquals } from "@std/assert";
import { createEventFactory } from "../../lib/events.ts";
import { NoticeFactory, noticeLine } from "../../lib/render/notices.ts";

Deno.test("noticeLine returns one line without control characters", () => {
  const notice = { level: "done", label: "task \x1b]0;x\x07", text: "a\nb\x1b[2J" } as const;
  assertEquals(noticeLine(notice), "task ␛]0;x␇: a ⏎ b␛[2J");
});

Deno.test("NoticeFactory returns the notes of Claude Code, unless what follows says the same", () => {
  const createEvent = createEventFactory(() => null);
  const cases: [text: string, notes: string[]][] = [
    ["Stop hook feedback: not yet", ["note: Stop hook feedback: not yet"]],
    ["[Request interrupted by user]", []],
    ["[Request interrupted by user for tool use]", []],
    ["Output token limit hit. Resume directly", []],
    ["Your response above was cut off mid-stream. Resume directly", []],
  ];
  for (const [text, notes] of cases) {
    const event = createEvent({ type: "user_text", kind: "synthetic", text });
    assertEquals(new NoticeFactory().noticesOf(event).map(noticeLine), notes);
  }
});

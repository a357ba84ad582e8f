import { assert, assertEquals } from "@std/assert";
import { QUIET_NOTICE_READERS } from "../../lib/claude/quiet_notices.ts";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { NoticeFactory, noticeLine } from "../../lib/render/notices.ts";

Deno.test("noticeLine returns one line without control characters", () => {
  const notice = { level: "done", label: "task \x1b]0;x\x07", text: "a\nb\x1b[2J" } as const;
  assertEquals(noticeLine(notice), "task ␛]0;x␇: a ⏎ b␛[2J");
});

Deno.test("NoticeFactory returns the notes of Claude Code, unless what follows says the same", () => {
  const createEvent = createEventFactory(() => null);
  const cases: [kind: EventOf<"user_text">["kind"], notes: string[]][] = [
    ["synthetic", ["note: not yet"]],
    ["other", ["user: not yet"]],
    ["interruption", []],
    ["continuation", []],
    ["compaction", []],
    ["subagent", []],
    ["replay", []],
  ];
  for (const [kind, notes] of cases) {
    const event = createEvent({ type: "user_text", kind, text: "not yet" });
    assertEquals(new NoticeFactory().noticesOf(event).map(noticeLine), notes);
  }
});

Deno.test("NoticeFactory shows no notice of the messages that are meant for programs", () => {
  const createEvent = createEventFactory(() => null);
  for (const [messageKind, read] of QUIET_NOTICE_READERS) {
    const notice = read({});
    assert(notice !== undefined);
    const event = createEvent({ type: "notice", ...notice });
    assertEquals(new NoticeFactory().noticesOf(event), [], messageKind);
  }
});

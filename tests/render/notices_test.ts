import { assert, assertEquals } from "@std/assert";
import { QUIET_NOTICE_READERS } from "../../lib/claude/quiet_notices.ts";
import { createEventFactory } from "../../lib/events.ts";
import { NoticeFactory, noticeLine } from "../../lib/render/notices.ts";

Deno.test("noticeLine returns one line without control characters", () => {
  const notice = { level: "done", label: "task \x1b]0;x\x07", text: "a\nb\x1b[2J" } as const;
  assertEquals(noticeLine(notice), "task ␛]0;x␇: a ⏎ b␛[2J");
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

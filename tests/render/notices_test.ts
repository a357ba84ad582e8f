import { assertEquals } from "@std/assert";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { claudeNotice, NoticeFactory, noticeLine } from "../../lib/render/notices.ts";
import { QUIET_NOTICE_KINDS } from "../../lib/util/quiet_notice_kinds.ts";

Deno.test("noticeLine returns one line without control characters", () => {
  const notice = { level: "done", label: "task \x1b]0;x\x07", text: "a\nb\x1b[2J" } as const;
  assertEquals(noticeLine(notice), "task ␛]0;x␇: a ⏎ b␛[2J");
});

Deno.test("noticeLine cuts a long text, unless it lists what would allow denied calls", () => {
  const createEvent = createEventFactory(() => null);
  const lengthOf = (kind: string) => {
    const text = "x".repeat(10_000);
    const event = createEvent({ type: "notice", level: "warning", kind, text });
    return noticeLine(claudeNotice(event)).length;
  };
  assertEquals([lengthOf("hook"), lengthOf("denied")], [2_024, 10_008]);
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

Deno.test("NoticeFactory shows notices for programs only as warnings and errors", () => {
  const createEvent = createEventFactory(() => null);
  for (const kind of QUIET_NOTICE_KINDS) {
    const shown = (["info", "warning", "error"] as const).flatMap((level) => {
      const event = createEvent({ type: "notice", level, kind, text: "it changed" });
      return new NoticeFactory().noticesOf(event).map((notice) => notice.level);
    });
    assertEquals(shown, ["warning", "error"], kind);
  }
});

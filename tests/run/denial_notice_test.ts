import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { denialNotice } from "../../lib/run/denial_notice.ts";
import { RunState } from "../../lib/run/run_state.ts";

function denied(id: string, name: string, reason?: string): EventBody {
  const body = { type: "permission_denied", tool_use_id: id, name } as const;
  return reason === undefined ? body : { ...body, reason };
}

function noticeOf(...bodies: EventBody[]): string | undefined {
  const createEvent = createEventFactory(() => null);
  const state = new RunState();
  state.record(createEvent({ type: "session_info", session_id: "s1", cwd: "/home/dev" }));
  for (const body of bodies) state.record(createEvent(body));
  const notice = denialNotice(state);
  if (notice === undefined) return undefined;
  assertEquals([notice.level, notice.kind], ["warning", "denied"]);
  return notice.text;
}

Deno.test("denialNotice lists the denied calls and what allows each", () => {
  const bash: EventBody = { type: "tool_use", id: "a", name: "Bash", input: { command: "ls" } };
  const input = { file_path: "/etc/x" };
  const read: EventBody = { type: "tool_use", id: "c", name: "Read", input };
  assertEquals(noticeOf(bash), undefined);
  assertEquals(
    noticeOf(denied("a", "WebSearch")),
    "1 tool call denied. To allow it: --allowed-tools WebSearch",
  );
  assertEquals(
    noticeOf(bash, read, denied("a", "Bash"), denied("b", "WebSearch"), denied("c", "Read")),
    "3 tool calls denied. To allow them: --allowed-tools 'Bash(ls:*)', " +
      "--allowed-tools WebSearch, --add-dir /etc",
  );
});

Deno.test("denialNotice names the settings if a hook denied the call", () => {
  const text = noticeOf(denied("a", "Bash", "PreToolUse:Bash hook error: no"));
  assert(text?.endsWith("Bash: a hook denied it; see the hooks in the settings"), text);
});

Deno.test("denialNotice names each denied tool once, up to a limit", () => {
  const names = [..."ABCDEFGHIJKLMNOPQRSTUV", "A"];
  const text = noticeOf(...names.map((name, id) => denied(`${id}`, name)));
  assert(text?.startsWith("23 tool calls denied."), text);
  assertEquals(text?.match(/--allowed-tools A\b/g)?.length, 1);
  assert(text?.endsWith(", and 2 more"), text);
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createEventFactory, type DenialCause, type EventBody } from "../../lib/events.ts";
import { denialNotice } from "../../lib/run/denial_notice.ts";
import { RunState } from "../../lib/run/run_state.ts";

function denied(id: string, name: string, cause?: DenialCause): EventBody {
  const body = { type: "permission_denied", tool_use_id: id, name } as const;
  return cause === undefined ? body : { ...body, cause };
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
      "--allowed-tools WebSearch, --allowed-tools 'Read(//etc/x)'",
  );
});

Deno.test("denialNotice suggests an option only if an option can allow the call", () => {
  const allow = "--allowed-tools WebSearch";
  const rows: readonly [cause: DenialCause, part: string, suggestsOption: boolean][] = [
    ["approval", allow, true],
    ["other", `${allow} (or see the hooks in the settings)`, true],
    ["deny_rule", "remove the rule from --disallowed-tools or permissions.deny", false],
    ["ask_rule", "remove the rule from permissions.ask in the settings", false],
    ["safety_check", "only --dangerously-skip-permissions", false],
    ["dangerous", "Claude Code never allows it", false],
    ["hook", "a hook denied it; see the hooks in the settings", false],
    ["prompt_tool", "see --permission-prompt-tool", false],
  ];
  for (const [cause, part, suggestsOption] of rows) {
    const text = noticeOf(denied("a", "WebSearch", cause)) ?? "";
    assertStringIncludes(text, part);
    assertEquals(text.includes(allow), suggestsOption, cause);
  }
});

Deno.test("denialNotice knows that --json-schema needs a tool", () => {
  const text = noticeOf(denied("a", "StructuredOutput", "deny_rule")) ?? "";
  assertStringIncludes(text, "use --tools '' instead of it");
});

Deno.test("denialNotice names each denied tool once, up to a limit", () => {
  const names = [..."ABCDEFGHIJKLMNOPQRSTUV", "A"];
  const text = noticeOf(...names.map((name, id) => denied(`${id}`, name)));
  assert(text?.startsWith("23 tool calls denied."), text);
  assertEquals(text?.match(/--allowed-tools A\b/g)?.length, 1);
  assert(text?.endsWith(", and 2 more"), text);
});

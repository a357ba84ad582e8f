import { assertEquals } from "@std/assert";
import { type ClaudeMessage, parseMessage } from "../../lib/claude/messages.ts";

function parse(message: unknown): ClaudeMessage | undefined {
  return parseMessage(JSON.stringify(message));
}

Deno.test("parseMessage returns undefined for a line that is not a JSON object", () => {
  for (const line of ["", "text", "[]", "null", "7", '{"type":"user"', "{}{}"]) {
    assertEquals(parseMessage(line), undefined, line);
  }
});

Deno.test("parseMessage tells the kinds of messages apart", () => {
  const message = { content: [] };
  const rows = [
    ["init", { type: "system", subtype: "init" }],
    ["assistant", { type: "assistant", message }],
    ["user", { type: "user", message }],
    ["stream", { type: "stream_event", event: { type: "ping" } }],
    ["result", { type: "result" }],
    ["task", { type: "system", subtype: "task_started" }],
    ["permission_denied", { type: "system", subtype: "permission_denied" }],
    ["retry", { type: "system", subtype: "api_retry" }],
    ["standalone", { type: "system", subtype: "thinking_tokens" }],
    ["standalone", { type: "rate_limit_event" }],
    ["other", { type: "assistant" }],
    ["other", { type: "user", message: { content: 7 } }],
    ["other", { type: "stream_event", event: { type: "hologram" } }],
    ["other", { type: "system", subtype: "hologram" }],
    ["other", { type: "init" }],
    ["other", {}],
  ] as const;
  for (const [kind, json] of rows) assertEquals(parse(json)?.kind, kind, JSON.stringify(json));
});

Deno.test("parseMessage keeps the session, the subagent and the JSON of every message", () => {
  const json = { type: "hologram", session_id: "s1", parent_tool_use_id: "t1" };
  assertEquals(parse(json), { kind: "other", json, sessionId: "s1", parent: "t1" });
  assertEquals(parse({}), { kind: "other", json: {}, sessionId: undefined, parent: undefined });
});

Deno.test("parseMessage knows whether something other than the prompt started a turn", () => {
  const hasOrigin = (origin: unknown) => {
    const message = parse({ type: "result", origin });
    return message?.kind === "result" && message.hasOrigin;
  };
  assertEquals(hasOrigin({ kind: "task-notification" }), true);
  for (const origin of [undefined, null, "x"]) assertEquals(hasOrigin(origin), false);
});

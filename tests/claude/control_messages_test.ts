import { assertEquals } from "@std/assert";
import { readControlLine } from "../../lib/claude/control_messages.ts";

Deno.test("readControlLine reads responses and states, and nothing else", () => {
  const response = (fields: object) =>
    JSON.stringify({ type: "control_response", response: fields });
  const state = (value: unknown) =>
    JSON.stringify({ type: "system", subtype: "session_state_changed", state: value });
  const cases: readonly [line: string, expected: ReturnType<typeof readControlLine>][] = [
    [response({ subtype: "success", request_id: "r1" }), {
      kind: "response",
      requestId: "r1",
      error: undefined,
    }],
    [response({ subtype: "error", request_id: "r1", error: "no such mode" }), {
      kind: "response",
      requestId: "r1",
      error: "no such mode",
    }],
    [response({ subtype: "error", request_id: "r1" }), {
      kind: "response",
      requestId: "r1",
      error: "refused",
    }],
    [response({ subtype: "success" }), undefined],
    [response({ subtype: "success", request_id: 1 }), undefined],
    [state("idle"), { kind: "state", state: "idle" }],
    [state(1), undefined],
    [state("a b"), undefined],
    ['{"type":"control_response"', undefined],
    ['{"type":"assistant","text":"{\\"type\\":\\"control_response\\"}"}', undefined],
    ["control_response", undefined],
    ["", undefined],
  ];
  for (const [line, expected] of cases) assertEquals(readControlLine(line), expected, line);
});

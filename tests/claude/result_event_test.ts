import { assertEquals } from "@std/assert";
import { readResult } from "../../lib/claude/result_event.ts";

Deno.test("readResult reports ok for a success, and without a subtype by what the result has", () => {
  const rows: readonly [fields: { [key: string]: unknown }, ok: boolean][] = [
    [{ subtype: "success", is_error: false }, true],
    [{ subtype: "success" }, true],
    [{ subtype: "success", is_error: true, result: "no" }, false],
    [{ subtype: "error_max_turns", is_error: false }, false],
    [{ result: "Done.", cost_usd: 0.03 }, true],
    [{ result: "" }, true],
    [{ structured_output: { n: 1 } }, true],
    [{ is_error: false }, true],
    [{ is_error: true, result: "Done." }, false],
    [{ result: "Done.", errors: ["no"] }, false],
    [{}, false],
  ];
  for (const [fields, ok] of rows) {
    assertEquals(readResult({ type: "result", ...fields }).ok, ok, JSON.stringify(fields));
  }
});

Deno.test("readResult reads an empty message", () => {
  assertEquals(readResult({}), {
    type: "result",
    ok: false,
    subtype: "unknown",
    text: "",
    turns: null,
    duration_ms: null,
    api_duration_ms: null,
    cost_usd: null,
    usage: null,
    denials: [],
    errors: [],
  });
});

Deno.test("readResult does not know a number that makes no sense", () => {
  for (const num_turns of [-1, 2.5, "3", null, 1e300, true, [1]]) {
    assertEquals(readResult({ num_turns }).turns, null, JSON.stringify(num_turns));
  }
  assertEquals([0, 7].map((num_turns) => readResult({ num_turns }).turns), [0, 7]);
});

Deno.test("readResult names what started the turn, unless a person did", () => {
  const origin = (value: unknown) => readResult({ origin: value }).origin;
  assertEquals(origin({ kind: "task-notification" }), "task-notification");
  assertEquals(origin({}), "unknown");
  for (const value of [{ kind: "human" }, null, undefined, "x"]) {
    assertEquals(origin(value), undefined);
  }
});

Deno.test("readResult returns any structured output but null", () => {
  const given = (value: unknown) => readResult({ structured_output: value });
  for (const value of [{ n: 1 }, [], "", 0, false]) {
    assertEquals(given(value).structured_output, value);
  }
  assertEquals("structured_output" in given(null), false);
  assertEquals("structured_output" in given(undefined), false);
});

Deno.test("readResult returns the HTTP status of a failed result only", () => {
  const status = (message: { [key: string]: unknown }) =>
    readResult({ subtype: "success", ...message }).http_status;
  assertEquals(status({ is_error: true, api_error_status: 529 }), 529);
  assertEquals(status({ is_error: true, api_error_status: null }), undefined);
  assertEquals(status({ api_error_status: 529 }), undefined);
});

Deno.test("readResult finds the HTTP status in the text of old versions", () => {
  const status = (result: string, fields = {}) =>
    readResult({ subtype: "success", is_error: true, result, ...fields }).http_status;
  assertEquals(status('API Error: 529 {"type":"error"}'), 529);
  assertEquals(status("API Error: 5290"), undefined);
  assertEquals(status("It said: API Error: 529"), undefined);
  assertEquals(status("API Error: 529", { is_error: false }), undefined);
  assertEquals(status("API Error: 529", { api_error_status: 400 }), 400);
});

Deno.test("readResult ignores an HTTP status that no server sends", () => {
  const status = (api_error_status: unknown) =>
    readResult({ is_error: true, api_error_status }).http_status;
  for (const value of [0, -529, "529", null, {}]) assertEquals(status(value), undefined);
});

Deno.test("kind E: readResult keeps why the turn stopped, and the tool call that a hook deferred", () => {
  const deferred_tool_use = { id: "t1", name: "Bash", input: { command: "ls" } };
  const { stop_reason, terminal_reason, deferred_tool_use: deferred } = readResult({
    type: "result",
    stop_reason: "tool_deferred",
    terminal_reason: "tool_deferred",
    deferred_tool_use,
  });
  assertEquals([stop_reason, terminal_reason], ["tool_deferred", "tool_deferred"]);
  assertEquals(deferred, deferred_tool_use);
  assertEquals(readResult({ type: "result", deferred_tool_use: "x" }).deferred_tool_use, undefined);
});

Deno.test("readResult lists denials and errors", () => {
  const { denials, errors } = readResult({
    permission_denials: [{ tool_name: "Bash", tool_use_id: "t", tool_input: {} }, {}, "x", null],
    errors: ["one", 2, "[ede_diagnostic] result_type=user", "two"],
  });
  assertEquals(denials, [
    { tool_use_id: "t", name: "Bash" },
    { tool_use_id: "", name: "unknown" },
  ]);
  assertEquals(errors, ["one", "two"]);
});

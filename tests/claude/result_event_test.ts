import { assertEquals } from "@std/assert";
import { readResult, readUsage } from "../../lib/claude/result_event.ts";

Deno.test("readResult reports ok only for a success that is not an error", () => {
  const ok = (fields: { [key: string]: unknown }) => readResult({ type: "result", ...fields }).ok;
  assertEquals(ok({ subtype: "success", is_error: false }), true);
  assertEquals(ok({ subtype: "success", result: "Done." }), true);
  assertEquals(ok({ subtype: "success" }), false);
  assertEquals(ok({ subtype: "success", is_error: true }), false);
  assertEquals(ok({ subtype: "error_max_turns", is_error: false }), false);
  assertEquals(ok({}), false);
});

Deno.test("readResult reads an empty message", () => {
  assertEquals(readResult({}), {
    type: "result",
    ok: false,
    subtype: "unknown",
    text: "",
    turns: 0,
    duration_ms: 0,
    api_duration_ms: 0,
    cost_usd: 0,
    usage: { input: 0, output: 0, cache_read: 0, cache_write: 0 },
    denials: [],
    errors: [],
  });
});

Deno.test("readResult reads the cost from either field", () => {
  assertEquals(readResult({ total_cost_usd: 0.5, cost_usd: 0.1 }).cost_usd, 0.5);
  assertEquals(readResult({ cost_usd: 0.1 }).cost_usd, 0.1);
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

Deno.test("readResult reads the usage of each model, even of one named __proto__", () => {
  const modelUsage = JSON.parse(`{
    "opus": {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3,
      "cacheCreationInputTokens": 4, "costUSD": 0.5, "contextWindow": 9},
    "__proto__": {"inputTokens": 7},
    "odd": "x"
  }`);
  const { models } = readResult({ modelUsage });
  assertEquals(Object.entries(models ?? {}), [
    ["opus", { input: 1, output: 2, cache_read: 3, cache_write: 4, cost_usd: 0.5 }],
    ["__proto__", { input: 7, output: 0, cache_read: 0, cache_write: 0, cost_usd: 0 }],
  ]);
  assertEquals("models" in readResult({ modelUsage: {} }), false);
});

Deno.test("readUsage reads the token counts of the Messages API", () => {
  const usage = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
    server_tool_use: { web_search_requests: 5 },
  };
  assertEquals(readUsage(usage), { input: 1, output: 2, cache_read: 3, cache_write: 4 });
  assertEquals(readUsage({ input_tokens: "1", output_tokens: -2 }), {
    input: 0,
    output: 0,
    cache_read: 0,
    cache_write: 0,
  });
});

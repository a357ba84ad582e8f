import { assertEquals } from "@std/assert";
import { describeServerResult, hasErrorCode } from "../../lib/claude/server_results.ts";
import type { JsonObject } from "../support/json.ts";

/** Blocks in the results of server tools, and their text. */
const ROWS: readonly (readonly [block: JsonObject, text: string])[] = [
  [
    { type: "web_search_result", title: "Deno", url: "https://deno.com", encrypted_content: "A" },
    "Deno: https://deno.com",
  ],
  [{ type: "web_search_result", url: "https://deno.com" }, "https://deno.com"],
  [{ type: "web_search_result" }, "[untitled page]"],
  [
    {
      type: "web_fetch_result",
      url: "https://deno.com",
      content: { type: "document", title: "Deno", source: { type: "text", data: "..." } },
    },
    "Deno: https://deno.com",
  ],
  [{ type: "web_fetch_result", url: "https://deno.com" }, "https://deno.com"],
  [
    {
      type: "search_result",
      title: "Guide",
      source: "https://example.org/guide",
      content: [{ type: "text", text: "one" }, { type: "text", text: "two" }],
    },
    "Guide: https://example.org/guide\none\ntwo",
  ],
  [
    {
      type: "bash_code_execution_result",
      stdout: "out\n",
      stderr: "",
      return_code: 0,
      content: [],
    },
    "out\nexit code 0",
  ],
  [
    { type: "bash_code_execution_result", stdout: "out\n", stderr: "no\n", return_code: 2 },
    "out\nno\nexit code 2",
  ],
  [
    {
      type: "code_execution_result",
      stdout: "",
      stderr: "",
      content: [{ type: "code_execution_output", file_id: "f1" }],
    },
    "[file f1]",
  ],
  [
    { type: "encrypted_code_execution_result", encrypted_stdout: "A", stderr: "", return_code: 1 },
    "[encrypted output]\nexit code 1",
  ],
  [{ type: "text_editor_code_execution_view_result", content: "line" }, "line"],
  [{ type: "text_editor_code_execution_create_result", is_file_update: false }, "file created"],
  [{ type: "text_editor_code_execution_create_result", is_file_update: true }, "file updated"],
  [
    { type: "text_editor_code_execution_str_replace_result", lines: ["-a", "+b"] },
    "-a\n+b",
  ],
  [{ type: "text_editor_code_execution_str_replace_result", lines: null }, "file updated"],
  [{ type: "advisor_result", text: "Test first." }, "Test first."],
  [{ type: "advisor_redacted_result", encrypted_content: "A" }, "[encrypted advice]"],
  [
    { type: "tool_search_tool_search_result", tool_references: [{ tool_name: "Grep" }] },
    "[tool Grep]",
  ],
  [{ type: "tool_search_tool_search_result", tool_references: [] }, "[no tool found]"],
  [
    { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
    "max_uses_exceeded",
  ],
  [
    { type: "hologram_tool_result_error", error_code: "unavailable", error_message: "try later" },
    "unavailable: try later",
  ],
];

for (const [block, text] of ROWS) {
  Deno.test(`describeServerResult describes ${JSON.stringify(block).slice(0, 90)}`, () => {
    assertEquals(describeServerResult(block), text);
  });
}

Deno.test("describeServerResult leaves out blocks of other types", () => {
  assertEquals(describeServerResult({ type: "image" }), undefined);
  assertEquals(describeServerResult({}), undefined);
});

Deno.test("hasErrorCode finds the error of a server tool", () => {
  const error = { type: "advisor_tool_result_error", error_code: "overloaded" };
  assertEquals([error, [error]].map(hasErrorCode), [true, true]);
  assertEquals(
    ["error_code", undefined, null, [], {}, { error_code: "" }].map(hasErrorCode),
    Array(6).fill(false),
  );
});

/**
 * Every known kind of message of Claude Code, and the events that ccrun makes of it. The tests of the
 * normalizer use it, and the fuzz test derives its input from it.
 *
 * @module
 */

import type { EventBody } from "../../lib/events.ts";
import type { JsonObject } from "../support/json.ts";

/** A message and its events. A message without events is counted as ignored. */
export interface Kind {
  /** The kind, as `MESSAGE_READERS` names it, and after a colon the variant. */
  readonly name: string;
  readonly message: JsonObject;
  readonly events: readonly EventBody[];
}

/** An event, or a function that creates it from its message. */
type Expected = EventBody | ((message: JsonObject) => EventBody);

/** A name, the fields of the message besides its type and subtype, and the events. */
type Row = readonly [name: string, fields: JsonObject, ...events: Expected[]];

/** Creates a message of the model. */
export function assistant(content: unknown, fields: JsonObject = {}): JsonObject {
  return {
    type: "assistant",
    message: { id: "msg_1", role: "assistant", content },
    parent_tool_use_id: null,
    ...fields,
  };
}

/** Creates a message in the place of the user. */
export function user(content: unknown, fields: JsonObject = {}): JsonObject {
  return { type: "user", message: { role: "user", content }, parent_tool_use_id: null, ...fields };
}

/** Creates a partial message. */
export function stream(type: string, fields: JsonObject = {}, outer: JsonObject = {}): JsonObject {
  return { type: "stream_event", event: { type, ...fields }, parent_tool_use_id: null, ...outer };
}

function delta(index: number, delta: JsonObject): JsonObject {
  return stream("content_block_delta", { index, delta });
}

function text(text: string): EventBody {
  return { type: "text", text, message_id: "msg_1", index: 0 };
}

function userText(text: string, kind: EventBody<"user_text">["kind"]): EventBody<"user_text"> {
  return { type: "user_text", text, kind };
}

function toolUse(id: string, name: string, input: JsonObject): EventBody {
  return { type: "tool_use", id, name, input };
}

function toolResult(
  tool_use_id: string,
  text: string,
  is_error = false,
): EventBody<"tool_result"> {
  const name = "unknown";
  return { type: "tool_result", tool_use_id, name, is_error, text, duration_ms: null };
}

function notice(level: EventBody<"notice">["level"], kind: string, text: string): Expected {
  return (message) => ({ type: "notice", level, kind, text, data: message });
}

function info(kind: string, text: string): Expected {
  return notice("info", kind, text);
}

function warning(kind: string, text: string): Expected {
  return notice("warning", kind, text);
}

function error(kind: string, text: string): Expected {
  return notice("error", kind, text);
}

const UNKNOWN: Expected = (message) => ({ type: "unknown", event: message });

/** Returns the event of a result that has only a subtype. */
function result(subtype: string, fields: Partial<EventBody<"result">> = {}): EventBody<"result"> {
  return {
    type: "result",
    ok: subtype === "success",
    subtype,
    text: "",
    turns: null,
    duration_ms: null,
    api_duration_ms: null,
    cost_usd: null,
    usage: null,
    denials: [],
    errors: [],
    ...fields,
  };
}

function retry(attempt: number, fields: Partial<EventBody<"retry">>): EventBody<"retry"> {
  return { type: "retry", attempt, max_retries: 10, delay_ms: 0, reason: "unknown", ...fields };
}

function task(status: EventBody<"task">["status"], fields: Partial<EventBody<"task">>): EventBody {
  return { type: "task", task_id: "a1", status, ...fields };
}

const TASK = { task_id: "a1", tool_use_id: "toolu_1" };
const HOOK = { hook_name: "Stop" };

const WRITTEN = {
  tool_use_result: {
    type: "update",
    structuredPatch: [
      { oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [" a", "-b", "+c"] },
      { oldStart: 9, oldLines: 1, newStart: 9, newLines: null, lines: ["-d", 7] },
    ],
  },
};

const SUMMARY =
  "This session is being continued from a previous conversation that ran out of context.";

const FALLBACK = {
  type: "fallback",
  from: { model: "opus" },
  to: { model: "haiku" },
  trigger: { type: "refusal" },
};

function blockNotice(
  level: EventBody<"notice">["level"],
  kind: string,
  text: string,
  data: JsonObject,
): EventBody {
  return { type: "notice", level, kind, text, data };
}

const ASSISTANT_ROWS: readonly Row[] = [
  ["assistant: text", assistant([{ type: "text", text: "Hello." }]), text("Hello.")],
  ["assistant: content that is text", assistant("Hello."), text("Hello.")],
  [
    "assistant: thinking",
    assistant([{ type: "thinking", thinking: "Hm.", signature: "s" }]),
    { type: "thinking", text: "Hm.", message_id: "msg_1", index: 0 },
  ],
  ["assistant: empty thinking", assistant([{ type: "thinking", thinking: "", signature: "s" }])],
  ["assistant: redacted_thinking", assistant([{ type: "redacted_thinking", data: "xyz" }]), {
    type: "notice",
    level: "info",
    kind: "redacted_thinking",
    text: "a block of thinking is encrypted",
  }],
  [
    "assistant: tool_use",
    assistant([{ type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } }]),
    toolUse("toolu_1", "Bash", { command: "ls" }),
  ],
  [
    "assistant: server_tool_use",
    assistant([{
      type: "server_tool_use",
      id: "srv_1",
      name: "web_search",
      input: { query: "q" },
    }]),
    toolUse("srv_1", "web_search", { query: "q" }),
  ],
  [
    "assistant: mcp_tool_use",
    assistant([{ type: "mcp_tool_use", id: "mcp_1", name: "find", server_name: "s", input: {} }]),
    toolUse("mcp_1", "find", {}),
  ],
  [
    "assistant: web_search_tool_result",
    assistant([{ type: "web_search_tool_result", tool_use_id: "srv_1", content: "found" }]),
    toolResult("srv_1", "found"),
  ],
  [
    "assistant: compaction",
    assistant([{ type: "compaction", content: "so far" }]),
    blockNotice("info", "compaction", "the API compacted the conversation", {
      type: "compaction",
      content: "so far",
    }),
  ],
  [
    "assistant: fallback",
    assistant([FALLBACK]),
    blockNotice("warning", "model", "switched from opus to haiku", FALLBACK),
  ],
  [
    "assistant: mcp_tool_listing",
    assistant([{ type: "mcp_tool_listing", mcp_server_name: "db", tools: [] }]),
    blockNotice("info", "mcp_tools", "the API listed the tools of an MCP server", {
      type: "mcp_tool_listing",
      mcp_server_name: "db",
      tools: [],
    }),
  ],
  [
    "assistant: container_upload",
    assistant([{ type: "container_upload", file_id: "f1" }]),
    blockNotice("info", "files", "a file was uploaded to the container", {
      type: "container_upload",
      file_id: "f1",
    }),
  ],
  [
    "assistant: a server tool's result with an error code",
    assistant([{
      type: "web_search_tool_result",
      tool_use_id: "srv_1",
      content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
    }]),
    {
      ...toolResult("srv_1", "max_uses_exceeded", true),
      content: [{ type: "web_search_tool_result_error", error_code: "max_uses_exceeded" }],
    },
  ],
  ["assistant: a block of a new kind", assistant([{ type: "hologram", data: 1 }]), {
    type: "unknown",
    event: { type: "assistant", block: { type: "hologram", data: 1 } },
  }],
  ["assistant: a block that is none", assistant([7]), {
    type: "unknown",
    event: { type: "assistant", block: 7 },
  }],
  ["assistant: no blocks", assistant([])],
  ["assistant: no content", assistant(null), UNKNOWN],
];

const USER_ROWS: readonly Row[] = [
  [
    "user: tool_result",
    user([{ type: "tool_result", tool_use_id: "toolu_9", content: "out", is_error: true }]),
    toolResult("toolu_9", "out", true),
  ],
  [
    "user: tool_result of a tool that changed a file",
    user([{ type: "tool_result", tool_use_id: "toolu_9", content: "ok" }], WRITTEN),
    { ...toolResult("toolu_9", "ok"), diff: "@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -9,1 +9,0 @@\n-d" },
  ],
  [
    "user: tool_result of a tool that created a file",
    user([{ type: "tool_result", tool_use_id: "toolu_9", content: "ok" }], {
      tool_use_result: { type: "create", structuredPatch: [], originalFile: null },
    }),
    toolResult("toolu_9", "ok"),
  ],
  [
    "user: tool_results of which one changed a file",
    user([
      { type: "tool_result", tool_use_id: "toolu_9", content: "ok" },
      { type: "tool_result", tool_use_id: "toolu_8", content: "ok" },
    ], WRITTEN),
    toolResult("toolu_9", "ok"),
    toolResult("toolu_8", "ok"),
  ],
  [
    "user: a tool_result without its id",
    user([{ type: "tool_result", content: "out" }]),
    toolResult("", "out"),
  ],
  ["user: text", user([{ type: "text", text: "Go on." }]), userText("Go on.", "other")],
  ["user: content that is text", user("Go on."), userText("Go on.", "other")],
  ["user: the prompt of a subagent", user("Look.", { parent_tool_use_id: "toolu_1" }), {
    ...userText("Look.", "subagent"),
    parent_tool_use_id: "toolu_1",
  }],
  [
    "user: isSynthetic",
    user("Continue.", { isSynthetic: true }),
    userText("Continue.", "synthetic"),
  ],
  [
    "user: the summary of a compacted conversation",
    user(`${SUMMARY} 1. The task`, { isSynthetic: true }),
    userText(`${SUMMARY} 1. The task`, "compaction"),
  ],
  [
    "user: the summary of a conversation that a subagent compacted",
    user(SUMMARY, { isSynthetic: true, parent_tool_use_id: "toolu_1" }),
    { ...userText(SUMMARY, "subagent"), parent_tool_use_id: "toolu_1" },
  ],
  ["user: isMeta", user("Caveat: ...", { isMeta: true }), userText("Caveat: ...", "synthetic")],
  ["user: isReplay", user("again", { isReplay: true }), userText("again", "replay")],
  [
    "user: an interruption",
    user([{ type: "text", text: "[Request interrupted by user for tool use]" }]),
    userText("[Request interrupted by user for tool use]", "interruption"),
  ],
  [
    "user: a request to continue",
    user([{ type: "text", text: "Output token limit hit. Resume directly." }]),
    userText("Output token limit hit. Resume directly.", "continuation"),
  ],
  [
    "user: an image",
    user([{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }]),
    userText("[image/png, 3 B]", "other"),
  ],
  ["user: no blocks", user([])],
  ["user: no content", user(null), UNKNOWN],
];

const STREAM_ROWS: readonly Row[] = [
  ["stream_event: message_start", stream("message_start", { message: { id: "msg_1" } })],
  [
    "stream_event: content_block_start",
    stream("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ],
  ["stream_event: text_delta", delta(2, { type: "text_delta", text: "He" }), {
    type: "text_delta",
    text: "He",
    message_id: "",
    index: 2,
  }],
  ["stream_event: thinking_delta", delta(0, { type: "thinking_delta", thinking: "H" }), {
    type: "thinking_delta",
    text: "H",
    message_id: "",
    index: 0,
  }],
  ["stream_event: input_json_delta", delta(0, { type: "input_json_delta", partial_json: "{" })],
  ["stream_event: signature_delta", delta(0, { type: "signature_delta", signature: "s" })],
  ["stream_event: content_block_stop", stream("content_block_stop", { index: 0 })],
  ["stream_event: message_delta", stream("message_delta", { usage: { output_tokens: 7 } })],
  ["stream_event: message_stop", stream("message_stop")],
  ["stream_event: ping", stream("ping")],
  ["stream_event: of a new kind", stream("hologram_delta", { index: 0 }), UNKNOWN],
];

const RESULT_ROWS: readonly Row[] = [
  [
    "result: success",
    {
      subtype: "success",
      is_error: false,
      result: "Done.",
      num_turns: 2,
      duration_ms: 30,
      duration_api_ms: 20,
      total_cost_usd: 0.25,
      usage: {
        input_tokens: 1,
        output_tokens: 2,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 4,
      },
      modelUsage: { opus: { inputTokens: 1, outputTokens: 2, costUSD: 0.25 } },
      permission_denials: [],
      terminal_reason: "completed",
    },
    result("success", {
      text: "Done.",
      turns: 2,
      duration_ms: 30,
      api_duration_ms: 20,
      cost_usd: 0.25,
      usage: { input: 1, output: 2, cache_read: 0, cache_write: 0 },
      models: { opus: { input: 1, output: 2, cache_read: 0, cache_write: 0, cost_usd: 0.25 } },
      terminal_reason: "completed",
    }),
  ],
  ...[
    "error_during_execution",
    "error_max_turns",
    "error_max_budget_usd",
    "error_max_structured_output_retries",
  ].map((subtype): Row => [
    `result: ${subtype}`,
    { subtype, is_error: true, errors: ["no"] },
    result(subtype, { errors: ["no"] }),
  ]),
];

const OTHER_ROWS: readonly Row[] = [
  [
    "tool_progress",
    { tool_use_id: "toolu_1", tool_name: "Bash", elapsed_time_seconds: 2.5 },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "Bash", elapsed_ms: 2500 },
  ],
  ["tool_progress: no more than its tool", { tool_use_id: "toolu_1" }, {
    type: "tool_progress",
    tool_use_id: "toolu_1",
    name: "unknown",
    elapsed_ms: 0,
  }],
  [
    "tool_progress: a heartbeat",
    {
      tool_use_id: "toolu_1-heartbeat-0",
      tool_name: "Bash",
      parent_tool_use_id: "toolu_1",
      elapsed_time_seconds: 30,
      heartbeat: true,
    },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "Bash", elapsed_ms: 30000 },
  ],
  [
    "tool_progress: a heartbeat of a hook",
    {
      tool_use_id: "hook-PreToolUse-toolu_1-heartbeat-3",
      tool_name: "PreToolUse",
      parent_tool_use_id: "toolu_1",
      elapsed_time_seconds: 40,
      heartbeat: true,
    },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "PreToolUse", elapsed_ms: 40000 },
  ],
  [
    "tool_progress: of a command, from an old version",
    {
      tool_use_id: "bash-progress-2",
      tool_name: "Bash",
      parent_tool_use_id: "toolu_1",
      elapsed_time_seconds: 4,
    },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "Bash", elapsed_ms: 4000 },
  ],
  [
    "tool_progress: a heartbeat without its tool call",
    { tool_use_id: "toolu_1-heartbeat-0", tool_name: "Bash" },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "Bash", elapsed_ms: 0 },
  ],
  [
    "tool_progress: a request of a subagent is retried",
    {
      tool_use_id: "agent_msg_1",
      tool_name: "Agent",
      parent_tool_use_id: "toolu_1",
      elapsed_time_seconds: 0,
      subagent_retry: {
        agent_id: "a1",
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 541,
        error_status: 529,
        error_category: "overloaded",
      },
    },
    {
      ...retry(1, { delay_ms: 541, http_status: 529, reason: "overloaded" }),
      parent_tool_use_id: "toolu_1",
    },
  ],
  ["tool_use_summary", { summary: "Read 3 files" }, info("tool_use_summary", "Read 3 files")],
  [
    "auth_status",
    { isAuthenticating: true, output: ["Opening", "a browser ..."] },
    info("auth", "Opening a browser ..."),
  ],
  [
    "auth_status: no output",
    { isAuthenticating: false, output: [] },
    info("auth", "login finished"),
  ],
  ["auth_status: an error", { output: [], error: "no account" }, error("auth", "no account")],
  [
    "rate_limit_event",
    {
      rate_limit_info: {
        status: "allowed_warning",
        resetsAt: 1_800_000_000,
        rateLimitType: "five_hour",
        utilization: 0.92,
      },
    },
    {
      type: "rate_limit",
      status: "allowed_warning",
      resets_at: "2027-01-15T08:00:00.000Z",
      kind: "five_hour",
      utilization: 0.92,
    },
  ],
  [
    "rate_limit_event: a time that is none",
    { rate_limit_info: { status: "rejected", resetsAt: 1_800_000_000_000 } },
    { type: "rate_limit", status: "rejected" },
  ],
  [
    "rate_limit_event: no more than a status",
    { rate_limit_info: { status: "rejected" } },
    { type: "rate_limit", status: "rejected" },
  ],
  ["prompt_suggestion", { suggestion: "run it" }, info("prompt_suggestion", "run it")],
  ["keep_alive", {}],
  ["transcript_mirror", { filePath: "/home/dev/s1.jsonl", entries: [{ type: "user" }] }],
  [
    "error",
    { error: { type: "overloaded_error", message: "Overloaded" } },
    error("error", "Overloaded"),
  ],
  ["error: a text", { error: "no credit" }, error("error", "no credit")],
  ["error: a type", { error: { type: "api_error" } }, error("error", "api_error")],
  ["error: nothing", {}, error("error", "claude reported an error")],
  [
    "active_goal",
    { value: { condition: "tests pass", iterations: 2, last_reason: "3 fail" } },
    info("goal", "not met yet (check 2): 3 fail"),
  ],
  [
    "active_goal: not checked",
    { value: { condition: "tests pass", iterations: 0 } },
    info("goal", "not met yet"),
  ],
  ["active_goal: cleared", { value: null }, info("goal", "met or removed")],
  [
    "autocompact_state",
    { value: { enabled: true, threshold: 160_000 } },
    info("autocompact", "autocompact state"),
  ],
  [
    "command_lifecycle",
    { command_uuid: "c1", state: "started" },
    info("command", "command lifecycle: started"),
  ],
  ["control_cancel_request", { request_id: "r1" }, info("control", "control_cancel_request")],
  ["conversation_reset", {}, info("conversation_reset", "the conversation was reset")],
  [
    "control_request",
    { request_id: "r1", request: { subtype: "can_use_tool" } },
    info("control", "control_request can_use_tool"),
  ],
  [
    "control_response",
    { response: { subtype: "success", request_id: "r1" } },
    info("control", "control_response success"),
  ],
  [
    "control_response: an error",
    { response: { subtype: "error", request_id: "r1", error: "not now" } },
    warning("control", "control_response error not now"),
  ],
];

const SYSTEM_ROWS: readonly Row[] = [
  [
    "system/init",
    {
      session_id: "s1",
      model: "opus",
      cwd: "/home/dev/project",
      permissionMode: "plan",
      tools: ["Bash", "Read"],
      mcp_servers: [{ name: "db", status: "failed", source: "user" }],
      claude_code_version: "2.1.330",
      apiKeySource: "none",
    },
    {
      type: "session_info",
      session_id: "s1",
      model: "opus",
      cwd: "/home/dev/project",
      permission_mode: "plan",
      tools: ["Bash", "Read"],
      mcp_servers: [{ name: "db", status: "failed" }],
      claude_version: "2.1.330",
    },
  ],
  [
    "system/init: no session id",
    { model: "opus" },
  ],
  ["system/status", { status: "compacting" }, info("status", "compacting")],
  ["system/status: requesting", { status: "requesting" }],
  ["system/status: null", { status: null }],
  [
    "system/status: a permission mode",
    { status: null, permissionMode: "plan" },
    info("status", "permission mode plan"),
  ],
  [
    "system/status: a compaction that failed",
    { status: null, compact_result: "failed", compact_error: "too_few_groups" },
    warning("compaction", "cannot compact the conversation: too_few_groups"),
  ],
  [
    "system/api_retry",
    {
      attempt: 2,
      max_retries: 10,
      retry_delay_ms: 1198.4,
      error_status: 529,
      error: "overloaded",
    },
    retry(2, { delay_ms: 1198, http_status: 529, reason: "overloaded" }),
  ],
  [
    "system/api_retry: no answer at all",
    { attempt: 1, max_retries: 10, retry_delay_ms: 500, error_status: null },
    retry(1, { delay_ms: 500 }),
  ],
  [
    "system/api_retry: a status that is none",
    { error_status: 0, error: "overloaded" },
    retry(0, { max_retries: 0, reason: "overloaded" }),
  ],
  ["system/thinking_tokens", { estimated_tokens: 3 }],
  [
    "system/compact_boundary",
    { compact_metadata: { trigger: "auto", pre_tokens: 155000 } },
    info("compaction", "the conversation was compacted (auto, 155000 tokens before)"),
  ],
  [
    "system/compact_boundary: tokens after it and its duration",
    {
      compact_metadata: {
        trigger: "manual",
        pre_tokens: 168000,
        post_tokens: 21000,
        duration_ms: 41000,
      },
    },
    info(
      "compaction",
      "the conversation was compacted (manual, 168000 tokens before, 21000 after, 41s)",
    ),
  ],
  [
    "system/compact_boundary: no details",
    {},
    info("compaction", "the conversation was compacted"),
  ],
  [
    "system/hook_started",
    { hook_name: "PreToolUse:Bash", hook_event: "PreToolUse" },
    info("hook", "PreToolUse:Bash started"),
  ],
  ["system/hook_progress", { ...HOOK, stdout: "checking\n" }, info("hook", "Stop: checking")],
  [
    "system/hook_response",
    { hook_event: "Stop", stdout: "fine\n", outcome: "success", exit_code: 0 },
    info("hook", "Stop: success: fine"),
  ],
  [
    "system/hook_response: no exit code",
    { ...HOOK, outcome: "success" },
    info("hook", "Stop: success"),
  ],
  [
    "system/hook_response: cancelled",
    { ...HOOK, outcome: "cancelled" },
    warning("hook", "Stop: cancelled"),
  ],
  [
    "system/hook_response: a failure",
    { ...HOOK, stdout: "fine", stderr: "not so\n", outcome: "error", exit_code: 2 },
    warning("hook", "Stop: error (exit code 2): not so"),
  ],
  [
    "system/hook_response: of 2.0.25, without an outcome",
    { ...HOOK, stdout: "fine", stderr: "", exit_code: 0 },
    info("hook", "Stop: ended: fine"),
  ],
  [
    "system/task_started",
    { ...TASK, description: "Look around", prompt: "look" },
    task("started", { ...TASK, description: "Look around" }),
  ],
  [
    "system/task_started: ambient",
    { ...TASK, description: "Watch", ambient: true },
    task("started", { ...TASK, description: "Watch", ambient: true }),
  ],
  [
    "system/task_progress",
    { ...TASK, description: "Running ls", usage: { tool_uses: 1 } },
    task("progress", { ...TASK, description: "Running ls", usage: { tool_uses: 1 } }),
  ],
  [
    "system/task_updated",
    { task_id: "a1", patch: { status: "completed", end_time: 1 } },
    task("completed", {}),
  ],
  [
    "system/task_updated: killed",
    { task_id: "a1", patch: { status: "killed" } },
    task("stopped", {}),
  ],
  [
    "system/task_updated: an error",
    { task_id: "a1", patch: { status: "failed", error: "API Error: 529" } },
    task("failed", { summary: "API Error: 529" }),
  ],
  [
    "system/task_updated: something else",
    { task_id: "a1", patch: { is_backgrounded: true } },
    task("progress", {}),
  ],
  ...(["completed", "failed", "stopped"] as const).map((status): Row => [
    `system/task_notification: ${status}`,
    { ...TASK, status, summary: "done", output_file: "" },
    task(status, { ...TASK, summary: "done" }),
  ]),
  [
    "system/background_tasks_changed",
    { tasks: [{ task_id: "b1", description: "Serve" }, { task_id: "b2" }] },
    info("background_tasks", "running in the background: Serve, b2"),
  ],
  [
    "system/background_tasks_changed: none left",
    { tasks: [] },
    info("background_tasks", "no background task is running"),
  ],
  [
    "system/permission_denied",
    { tool_name: "Read", tool_use_id: "t5", decision_reason: "outside", message: "not granted" },
    {
      type: "permission_denied",
      tool_use_id: "t5",
      name: "Read",
      reason: "not granted",
      cause: "other",
    },
  ],
  [
    "system/permission_denied: no message",
    {
      tool_name: "Read",
      tool_use_id: "t5",
      decision_reason: "outside",
      decision_reason_type: "workingDir",
    },
    {
      type: "permission_denied",
      tool_use_id: "t5",
      name: "Read",
      reason: "outside",
      cause: "approval",
    },
  ],
  ["system/informational", { content: "a", level: "notice" }, info("informational", "a")],
  [
    "system/informational: a warning",
    { content: "a", level: "warning" },
    warning("informational", "a"),
  ],
  ["system/informational: an error", { content: "a", level: "error" }, error("informational", "a")],
  ["system/informational: no text", {}, info("informational", "")],
  [
    "system/informational: a prompt that a hook blocks",
    { content: "no cats", level: "warning", prompt_submit_outcome: { kind: "blocked_by_hook" } },
    info("hook", "no cats"),
  ],
  [
    "system/notification",
    { key: "k", text: "ctrl+o to see", priority: "immediate" },
    info("notification", "ctrl+o to see"),
  ],
  [
    "system/notification: of high priority",
    { text: "look", priority: "high" },
    warning("notification", "look"),
  ],
  [
    "system/notification: critical",
    { text: "no", priority: "critical" },
    error("notification", "no"),
  ],
  ["system/local_command_output", { content: "Cost: $0" }, info("local_command", "Cost: $0")],
  [
    "system/model_refusal_fallback",
    { content: "", original_model: "opus" },
    warning("refusal", "the model refused; another model continues"),
  ],
  [
    "system/model_refusal_no_fallback",
    { content: "", original_model: "opus" },
    warning("refusal", "the model refused"),
  ],
  [
    "system/plugin_install",
    { name: "linter", status: "installed" },
    info("plugin", "linter: installed"),
  ],
  [
    "system/plugin_install: a failure",
    { name: "linter", status: "failed", error: "no network" },
    warning("plugin", "linter: failed: no network"),
  ],
  ["system/session_state_changed", { state: "idle" }, info("session_state", "idle")],
  ["system/worker_shutting_down", {}, info("worker", "the worker is shutting down")],
  [
    "system/commands_changed",
    { commands: [{ name: "x" }] },
    info("commands", "the slash commands changed"),
  ],
  [
    "system/files_persisted",
    { files: [{ filename: "a.txt" }, { filename: "b.txt" }], failed: [{ filename: "c.txt" }] },
    warning("files", "files saved: a.txt, b.txt; failed: c.txt"),
  ],
  [
    "system/files_persisted: none",
    { files: [], failed: [] },
    info("files", "files saved: none"),
  ],
  ["system/memory_recall", { memories: [] }, info("memory", "memories were loaded")],
  [
    "system/elicitation_complete",
    { elicitation_id: "e" },
    info("elicitation", "the question of an MCP server was answered"),
  ],
  ["system/mirror_error", { error: "disk full" }, warning("mirror", "disk full")],
  [
    "system/control_request_progress",
    { request_id: "r1" },
    info("control", "system control_request_progress"),
  ],
  [
    "system/vcs_state_changed",
    { kind: "commit", branch: "main", cwd: "/home/dev/project" },
    info("vcs", "committed on main"),
  ],
  ["system/vcs_state_changed: a push", { kind: "push", branch: "x" }, info("vcs", "pushed x")],
  ["system/vcs_state_changed: no branch", { kind: "commit" }, info("vcs", "committed")],
  ["system/vcs_state_changed: a merge", { kind: "merge" }, info("vcs", "merged")],
  ["system/vcs_state_changed: a rebase", { kind: "rebase" }, info("vcs", "rebased")],
  ["system/vcs_state_changed: of a new kind", { kind: "tag" }, info("vcs", "tag")],
  [
    "system/code_change_published",
    { provider: "github", url: "https://example.org/pull/7", identifier: "7", action: "created" },
    (message) => ({
      type: "notice",
      level: "info",
      kind: "code_change",
      text: "created https://example.org/pull/7",
      url: "https://example.org/pull/7",
      data: message,
    }),
  ],
  [
    "system/code_change_published: not the URL of a page",
    { url: "javascript:alert(1)" },
    info("code_change", "published javascript:alert(1)"),
  ],
  [
    "system/model_fallback",
    {
      trigger: "overloaded",
      original_model: "opus",
      fallback_model: "haiku",
      content: "Switched to Haiku",
    },
    warning("model", "Switched to Haiku"),
  ],
  [
    "system/model_fallback: no text",
    { original_model: "opus", fallback_model: "haiku" },
    warning("model", "switched from opus to haiku"),
  ],
  ["system/model_fallback: no models", {}, warning("model", "switched to another model")],
  [
    "system/model_consent_fallback",
    {
      choice: "cancelled",
      original_model: "opus",
      fallback_model: "haiku",
      content: "Using Haiku",
    },
    warning("model", "Using Haiku"),
  ],
  [
    "system/file_attachments_missing",
    { message_uuid: "u1", sent_count: 2, missing: [{ file_uuid: "f1", reason: "too_large" }] },
    warning("files", "attached files did not arrive: too_large"),
  ],
  [
    "system/instruction_size_warning",
    { total_chars: 90_000, total_limit_chars: 40_000, file_count: 2 },
    warning("instructions", "the instruction files are larger than recommended"),
  ],
  [
    "system/peer_message_hold",
    { state: "held", lane: "socket", from: "s2" },
    info("peer_message", "held"),
  ],
  ["system/turn_preempted", { reason: "rapid_followup" }, info("turn", "rapid_followup")],
  [
    "system/session_metadata",
    { metadata: { artifacts: [{ url: "https://example.org/a", kind: "frame" }] } },
    info("session_metadata", "https://example.org/a"),
  ],
  [
    "system/session_metadata: nothing published",
    { metadata: { artifacts: null } },
    info("session_metadata", "the metadata of the session changed"),
  ],
  [
    "system/session_title_changed",
    { title: "Fix the build" },
    info("session_title", "session title changed: Fix the build"),
  ],
  [
    "system/post_turn_summary",
    { status_category: "blocked", status_detail: "waits for a review", needs_action: "review" },
    info("turn_summary", "post turn summary: waits for a review"),
  ],
  [
    "system/task_summary",
    { detail: "running the tests" },
    info("turn_summary", "task summary: running the tests"),
  ],
  ["system/ui_log", { plugin: "lint", text: "2 hints" }, info("plugin", "lint: 2 hints")],
  ["system/ui_toast", { plugin: "lint", text: "done" }, info("plugin", "lint: done")],
  [
    "system/ui_notify",
    { plugin: "lint", source: "lint@inline", title: "lint", text: "done" },
    info("plugin", "lint: done"),
  ],
  [
    "system/ui_status",
    { plugin: "lint", text: "2 hints" },
    info("ui", "ui status: 2 hints"),
  ],
  ["system/ui_status: removed", { plugin: "lint", text: null }, info("ui", "ui status")],
  [
    "system/shell_cwd",
    { cwd: "/home/dev/project" },
    info("workspace", "shell cwd: /home/dev/project"),
  ],
  [
    "system/dev_intent",
    { kind: "ios_app", trigger: "build" },
    info("workspace", "dev intent: ios_app"),
  ],
  [
    "system/permission_check_status",
    { tool_use_id: "toolu_1", status: "checking" },
    info("permission_check", "permission check status: checking"),
  ],
  [
    "system/late_allow_not_run",
    { request_id: "r1", reason: "expired" },
    info("cloud_session", "late allow not run: expired"),
  ],
  ...([
    ["ui_focus", "ui"],
    ["ui_invalidate", "ui"],
    ["ui_notify_cancel", "ui"],
    ["ui_panes", "ui"],
    ["ui_placed", "ui"],
    ["ui_scroll", "ui"],
    ["cloud_session_delta", "cloud_session"],
    ["inherited_asks_settled", "cloud_session"],
    ["turn_handoff_available", "cloud_session"],
    ["feedback_draft_queued", "feedback"],
    ["per_turn_effort_changed", "workspace"],
    ["task_list_statuses", "task_list"],
  ] as const).map(([subtype, kind]): Row => [
    `system/${subtype}`,
    { plugin: "lint" },
    info(kind, subtype.replaceAll("_", " ")),
  ]),
  [
    "system/session_writes_lost",
    { count: 2 },
    error("session_writes_lost", "parts of the session were not saved"),
  ],
];

const UNKNOWN_MESSAGES: readonly JsonObject[] = [
  {},
  { hello: 1 },
  { type: "hologram", data: [1] },
  { type: "constructor" },
  { type: "__proto__" },
  { type: 7 },
  { type: "init" },
  { type: "system" },
  { type: "system", subtype: "hologram", data: 1 },
  { type: "system", subtype: "constructor" },
  { type: "system", subtype: "__proto__" },
  { type: "system", subtype: 7 },
  { result: "x", subtype: "success" },
];

function kindOf([name, fields, ...expected]: Row): Kind {
  const [type, subtype] = (name.split(":")[0] ?? "").split("/");
  const message = { type, ...(subtype === undefined ? {} : { subtype }), ...fields };
  const events = expected.map((event) => typeof event === "function" ? event(message) : event);
  return { name, message, events };
}

/** One message of each kind and variant. */
export const KINDS: readonly Kind[] = [
  ...ASSISTANT_ROWS,
  ...USER_ROWS,
  ...STREAM_ROWS,
  ...RESULT_ROWS,
  ...OTHER_ROWS,
  ...SYSTEM_ROWS,
].map(kindOf);

/** Messages that are of no known kind. */
export const UNKNOWN_KINDS: readonly Kind[] = UNKNOWN_MESSAGES.map((message) => ({
  name: `unknown: ${JSON.stringify(message)}`,
  message,
  events: [{ type: "unknown", event: message }],
}));

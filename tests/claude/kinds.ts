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
  readonly message: JsonObject;
  readonly events: readonly EventBody[];
}

type Level = EventBody<"notice">["level"];

function system(subtype: string, fields: JsonObject = {}): JsonObject {
  return { type: "system", subtype, ...fields };
}

/** A message that becomes a notice, which contains the whole message. */
function notice(level: Level, kind: string, text: string, message: JsonObject): Kind {
  return { message, events: [{ type: "notice", level, kind, text, data: { ...message } }] };
}

function ignored(message: JsonObject): Kind {
  return { message, events: [] };
}

function becomes(message: JsonObject, ...events: EventBody[]): Kind {
  return { message, events };
}

function unknown(message: JsonObject): Kind {
  return becomes(message, { type: "unknown", event: { ...message } });
}

/** Creates a message of the model. */
export function assistant(content: unknown, fields: JsonObject = {}): JsonObject {
  return {
    type: "assistant",
    message: { id: "msg_1", role: "assistant", content, usage: { input_tokens: 9 } },
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

const NO_USAGE = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

/** Creates the event of a result that has only a subtype. */
function plainResult(subtype: string): EventBody<"result"> {
  return {
    type: "result",
    ok: subtype === "success",
    subtype,
    text: "",
    turns: 0,
    duration_ms: 0,
    api_duration_ms: 0,
    cost_usd: 0,
    usage: NO_USAGE,
    denials: [],
    errors: [],
  };
}

const BASH = { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } };
const TASK = { task_id: "a1", tool_use_id: "toolu_1" };

const ROWS: { readonly [name: string]: Kind } = {
  "assistant: text": becomes(assistant([{ type: "text", text: "Hello." }]), {
    type: "text",
    text: "Hello.",
    message_id: "msg_1",
    index: 0,
  }),
  "assistant: thinking": becomes(
    assistant([{ type: "thinking", thinking: "Hm.", signature: "s" }]),
    {
      type: "thinking",
      text: "Hm.",
      message_id: "msg_1",
      index: 0,
    },
  ),
  "assistant: empty thinking": ignored(
    assistant([{ type: "thinking", thinking: "", signature: "s" }]),
  ),
  "assistant: redacted_thinking": becomes(assistant([{ type: "redacted_thinking", data: "xyz" }]), {
    type: "notice",
    level: "info",
    kind: "redacted_thinking",
    text: "a block of thinking is encrypted",
  }),
  "assistant: tool_use": becomes(assistant([BASH]), {
    type: "tool_use",
    id: "toolu_1",
    name: "Bash",
    input: { command: "ls" },
  }),
  "assistant: server_tool_use": becomes(
    assistant([{
      type: "server_tool_use",
      id: "srv_1",
      name: "web_search",
      input: { query: "q" },
    }]),
    { type: "tool_use", id: "srv_1", name: "web_search", input: { query: "q" } },
  ),
  "assistant: mcp_tool_use": becomes(
    assistant([{ type: "mcp_tool_use", id: "mcp_1", name: "find", server_name: "s", input: {} }]),
    { type: "tool_use", id: "mcp_1", name: "find", input: {} },
  ),
  "assistant: web_search_tool_result": becomes(
    assistant([{ type: "web_search_tool_result", tool_use_id: "srv_1", content: "found" }]),
    {
      type: "tool_result",
      tool_use_id: "srv_1",
      name: "unknown",
      is_error: false,
      text: "found",
      duration_ms: null,
    },
  ),
  "assistant: a block of a new kind": becomes(assistant([{ type: "hologram", data: 1 }]), {
    type: "unknown",
    event: { type: "assistant", block: { type: "hologram", data: 1 } },
  }),
  "assistant: a block that is none": becomes(assistant([7]), {
    type: "unknown",
    event: { type: "assistant", block: 7 },
  }),
  "assistant: content that is text": becomes(assistant("Hello."), {
    type: "text",
    text: "Hello.",
    message_id: "msg_1",
    index: 0,
  }),
  "assistant: no blocks": ignored(assistant([])),
  "assistant: no content": unknown(assistant(null)),
  "user: tool_result": becomes(
    user([{ type: "tool_result", tool_use_id: "toolu_9", content: "out", is_error: true }]),
    {
      type: "tool_result",
      tool_use_id: "toolu_9",
      name: "unknown",
      is_error: true,
      text: "out",
      duration_ms: null,
    },
  ),
  "user: text": becomes(user([{ type: "text", text: "Go on." }]), {
    type: "user_text",
    text: "Go on.",
    kind: "other",
  }),
  "user: content that is text": becomes(user("Go on."), {
    type: "user_text",
    text: "Go on.",
    kind: "other",
  }),
  "user: the prompt of a sub-agent": becomes(
    user([{ type: "text", text: "Look." }], { parent_tool_use_id: "toolu_1" }),
    { type: "user_text", text: "Look.", kind: "subagent", parent_tool_use_id: "toolu_1" },
  ),
  "user: isSynthetic": becomes(user([{ type: "text", text: "Continue." }], { isSynthetic: true }), {
    type: "user_text",
    text: "Continue.",
    kind: "synthetic",
  }),
  "user: an interruption": becomes(
    user([{ type: "text", text: "[Request interrupted by user for tool use]" }]),
    {
      type: "user_text",
      text: "[Request interrupted by user for tool use]",
      kind: "synthetic",
    },
  ),
  "user: isReplay": becomes(user("again", { isReplay: true }), {
    type: "user_text",
    text: "again",
    kind: "replay",
  }),
  "user: isMeta": becomes(user("Caveat: ...", { isMeta: true }), {
    type: "user_text",
    text: "Caveat: ...",
    kind: "synthetic",
  }),
  "user: a tool_result without its id": becomes(user([{ type: "tool_result", content: "out" }]), {
    type: "tool_result",
    tool_use_id: "",
    name: "unknown",
    is_error: false,
    text: "out",
    duration_ms: null,
  }),
  "user: an image": becomes(
    user([{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }]),
    { type: "user_text", text: "[image/png, 3 B]", kind: "other" },
  ),
  "user: no blocks": ignored(user([])),
  "user: no content": unknown(user(null)),
  "result: success": becomes(
    {
      type: "result",
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
    {
      ...plainResult("success"),
      text: "Done.",
      turns: 2,
      duration_ms: 30,
      api_duration_ms: 20,
      cost_usd: 0.25,
      usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
      models: { opus: { input: 1, output: 2, cache_read: 0, cache_write: 0, cost_usd: 0.25 } },
      terminal_reason: "completed",
    },
  ),
  "result: error_during_execution": becomes(
    { type: "result", subtype: "error_during_execution", is_error: true, errors: ["no"] },
    { ...plainResult("error_during_execution"), errors: ["no"] },
  ),
  "result: error_max_turns": becomes(
    { type: "result", subtype: "error_max_turns", is_error: true, errors: ["2 turns"] },
    { ...plainResult("error_max_turns"), errors: ["2 turns"] },
  ),
  "result: error_max_budget_usd": becomes(
    { type: "result", subtype: "error_max_budget_usd", is_error: true },
    plainResult("error_max_budget_usd"),
  ),
  "result: error_max_structured_output_retries": becomes(
    { type: "result", subtype: "error_max_structured_output_retries", is_error: true },
    plainResult("error_max_structured_output_retries"),
  ),
  "stream_event: message_start": ignored(stream("message_start", { message: { id: "msg_1" } })),
  "stream_event: content_block_start": ignored(
    stream("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ),
  "stream_event: text_delta": becomes(
    stream("content_block_delta", { index: 2, delta: { type: "text_delta", text: "He" } }),
    { type: "text_delta", text: "He", message_id: "", index: 2 },
  ),
  "stream_event: thinking_delta": becomes(
    stream("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "H" } }),
    { type: "thinking_delta", text: "H", message_id: "", index: 0 },
  ),
  "stream_event: input_json_delta": ignored(
    stream("content_block_delta", {
      index: 0,
      delta: { type: "input_json_delta", partial_json: "{" },
    }),
  ),
  "stream_event: signature_delta": ignored(
    stream("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "s" } }),
  ),
  "stream_event: content_block_stop": ignored(stream("content_block_stop", { index: 0 })),
  "stream_event: message_delta": ignored(stream("message_delta", { usage: { output_tokens: 7 } })),
  "stream_event: message_stop": ignored(stream("message_stop")),
  "stream_event: ping": ignored(stream("ping")),
  "stream_event: of a new kind": unknown(stream("hologram_delta", { index: 0 })),
  "tool_progress": becomes(
    { type: "tool_progress", tool_use_id: "toolu_1", tool_name: "Bash", elapsed_time_seconds: 2.5 },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "Bash", elapsed_ms: 2500 },
  ),
  "tool_progress: no more than its tool": becomes(
    { type: "tool_progress", tool_use_id: "toolu_1" },
    { type: "tool_progress", tool_use_id: "toolu_1", name: "unknown", elapsed_ms: 0 },
  ),
  "tool_progress: a sub-agent's request is retried": becomes(
    {
      type: "tool_progress",
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
      type: "retry",
      attempt: 1,
      max_retries: 10,
      delay_ms: 541,
      http_status: 529,
      reason: "overloaded",
      parent_tool_use_id: "toolu_1",
    },
  ),
  "tool_use_summary": notice("info", "tool_use_summary", "Read 3 files", {
    type: "tool_use_summary",
    summary: "Read 3 files",
  }),
  "auth_status": notice("info", "auth", "Opening a browser ...", {
    type: "auth_status",
    isAuthenticating: true,
    output: ["Opening", "a browser ..."],
  }),
  "auth_status: an error": notice("error", "auth", "no such account", {
    type: "auth_status",
    isAuthenticating: false,
    output: [],
    error: "no such account",
  }),
  "auth_status: nothing said": notice("info", "auth", "login finished", {
    type: "auth_status",
    isAuthenticating: false,
    output: [],
  }),
  "rate_limit_event": becomes(
    {
      type: "rate_limit_event",
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
  ),
  "rate_limit_event: times that are none": becomes(
    {
      type: "rate_limit_event",
      rate_limit_info: { status: "rejected", resetsAt: 1_800_000_000_000 },
    },
    { type: "rate_limit", status: "rejected" },
  ),
  "rate_limit_event: no more than a status": becomes(
    { type: "rate_limit_event", rate_limit_info: { status: "rejected" } },
    { type: "rate_limit", status: "rejected" },
  ),
  "prompt_suggestion": notice("info", "prompt_suggestion", "run the tests", {
    type: "prompt_suggestion",
    suggestion: "run the tests",
  }),
  "conversation_reset": notice("info", "conversation_reset", "the conversation was reset", {
    type: "conversation_reset",
  }),
  "control_request": notice("info", "control", "control_request can_use_tool", {
    type: "control_request",
    request_id: "r1",
    request: { subtype: "can_use_tool" },
  }),
  "control_response": notice("info", "control", "control_response success", {
    type: "control_response",
    response: { subtype: "success", request_id: "r1" },
  }),
  "control_response: an error": notice("warning", "control", "control_response error not now", {
    type: "control_response",
    response: { subtype: "error", request_id: "r1", error: "not now" },
  }),
  "a type that is new": unknown({ type: "hologram", data: [1] }),
  "a type named constructor": unknown({ type: "constructor" }),
  "a type named __proto__": unknown({ type: "__proto__" }),
  "no type": unknown({ hello: 1 }),
  "a type that is no text": unknown({ type: 7 }),
  "a result in the shape of another": unknown({ result: "x", subtype: "success" }),
  "system/init": becomes(
    system("init", {
      session_id: "s1",
      model: "opus",
      cwd: "/home/dev/project",
      permissionMode: "plan",
      tools: ["Bash", "Read"],
      mcp_servers: [{ name: "db", status: "failed", source: "user" }],
      claude_code_version: "2.1.330",
      apiKeySource: "none",
    }),
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
  ),
  "system/status": notice(
    "info",
    "status",
    "compacting",
    system("status", { status: "compacting" }),
  ),
  "system/status: requesting": ignored(system("status", { status: "requesting" })),
  "system/status: null": ignored(system("status", { status: null })),
  "system/status: a permission mode": notice(
    "info",
    "status",
    "permission mode plan",
    system("status", { status: null, permissionMode: "plan" }),
  ),
  "system/status: a compaction that failed": notice(
    "warning",
    "compaction",
    "cannot compact the conversation: too_few_groups",
    system("status", { status: null, compact_result: "failed", compact_error: "too_few_groups" }),
  ),
  "system/api_retry": becomes(
    system("api_retry", {
      attempt: 2,
      max_retries: 10,
      retry_delay_ms: 1198.4,
      error_status: 529,
      error: "overloaded",
    }),
    {
      type: "retry",
      attempt: 2,
      max_retries: 10,
      delay_ms: 1198,
      http_status: 529,
      reason: "overloaded",
    },
  ),
  "system/api_retry: no answer at all": becomes(
    system("api_retry", { attempt: 1, max_retries: 10, retry_delay_ms: 500, error_status: null }),
    { type: "retry", attempt: 1, max_retries: 10, delay_ms: 500, reason: "unknown" },
  ),
  "system/api_retry: a status that is none": becomes(
    system("api_retry", { error_status: 0, error: "overloaded" }),
    { type: "retry", attempt: 0, max_retries: 0, delay_ms: 0, reason: "overloaded" },
  ),
  "system/thinking_tokens": ignored(system("thinking_tokens", { estimated_tokens: 3 })),
  "system/compact_boundary": notice(
    "info",
    "compaction",
    "the conversation was compacted (auto, 155000 tokens before)",
    system("compact_boundary", { compact_metadata: { trigger: "auto", pre_tokens: 155000 } }),
  ),
  "system/compact_boundary: no more said": notice(
    "info",
    "compaction",
    "the conversation was compacted",
    system("compact_boundary"),
  ),
  "system/hook_started": notice(
    "info",
    "hook",
    "PreToolUse:Bash started",
    system("hook_started", { hook_name: "PreToolUse:Bash", hook_event: "PreToolUse" }),
  ),
  "system/hook_progress": notice(
    "info",
    "hook",
    "PreToolUse:Bash: checking",
    system("hook_progress", { hook_name: "PreToolUse:Bash", stdout: "checking\n" }),
  ),
  "system/hook_response": notice(
    "info",
    "hook",
    "Stop: success: fine",
    system("hook_response", {
      hook_event: "Stop",
      stdout: "fine\n",
      outcome: "success",
      exit_code: 0,
    }),
  ),
  "system/hook_response: no exit code": notice(
    "info",
    "hook",
    "Stop: success",
    system("hook_response", { hook_name: "Stop", outcome: "success" }),
  ),
  "system/hook_response: cancelled": notice(
    "warning",
    "hook",
    "Stop: cancelled",
    system("hook_response", { hook_name: "Stop", outcome: "cancelled" }),
  ),
  "system/hook_response: a failure": notice(
    "warning",
    "hook",
    "Stop: error (exit code 2): not so",
    system("hook_response", {
      hook_name: "Stop",
      stdout: "fine",
      stderr: "not so\n",
      outcome: "error",
      exit_code: 2,
    }),
  ),
  "system/hook_response: of 2.0.25, without an outcome": notice(
    "info",
    "hook",
    "Stop: ended: fine",
    system("hook_response", { hook_name: "Stop", stdout: "fine", stderr: "", exit_code: 0 }),
  ),
  "system/task_started": becomes(
    system("task_started", { ...TASK, description: "Look around", prompt: "look" }),
    { type: "task", ...TASK, status: "started", description: "Look around" },
  ),
  "system/task_progress": becomes(
    system("task_progress", { ...TASK, description: "Running ls", usage: { tool_uses: 1 } }),
    {
      type: "task",
      ...TASK,
      status: "progress",
      description: "Running ls",
      usage: { tool_uses: 1 },
    },
  ),
  "system/task_updated": becomes(
    system("task_updated", { task_id: "a1", patch: { status: "completed", end_time: 1 } }),
    { type: "task", task_id: "a1", status: "completed" },
  ),
  "system/task_updated: killed": becomes(
    system("task_updated", { task_id: "a1", patch: { status: "killed" } }),
    { type: "task", task_id: "a1", status: "stopped" },
  ),
  "system/task_updated: an error": becomes(
    system("task_updated", { task_id: "a1", patch: { status: "failed", error: "API Error: 529" } }),
    { type: "task", task_id: "a1", status: "failed", summary: "API Error: 529" },
  ),
  "system/task_updated: something else": becomes(
    system("task_updated", { task_id: "a1", patch: { is_backgrounded: true } }),
    { type: "task", task_id: "a1", status: "progress" },
  ),
  "system/task_notification": becomes(
    system("task_notification", { ...TASK, status: "completed", summary: "done", output_file: "" }),
    { type: "task", ...TASK, status: "completed", summary: "done" },
  ),
  "system/task_notification: failed": becomes(
    system("task_notification", { ...TASK, status: "failed", summary: "no" }),
    { type: "task", ...TASK, status: "failed", summary: "no" },
  ),
  "system/task_notification: stopped": becomes(
    system("task_notification", { ...TASK, status: "stopped", summary: "Serve" }),
    { type: "task", ...TASK, status: "stopped", summary: "Serve" },
  ),
  "system/background_tasks_changed": notice(
    "info",
    "background_tasks",
    "running in the background: Serve, b2",
    system("background_tasks_changed", {
      tasks: [{ task_id: "b1", description: "Serve" }, { task_id: "b2" }],
    }),
  ),
  "system/background_tasks_changed: none left": notice(
    "info",
    "background_tasks",
    "no background task is running",
    system("background_tasks_changed", { tasks: [] }),
  ),
  "system/permission_denied": becomes(
    system("permission_denied", {
      tool_name: "Read",
      tool_use_id: "toolu_5",
      decision_reason: "outside",
      message: "you haven't granted it",
    }),
    {
      type: "permission_denied",
      tool_use_id: "toolu_5",
      name: "Read",
      reason: "you haven't granted it",
    },
  ),
  "system/permission_denied: no message": becomes(
    system("permission_denied", {
      tool_name: "Read",
      tool_use_id: "toolu_5",
      decision_reason: "outside",
    }),
    { type: "permission_denied", tool_use_id: "toolu_5", name: "Read", reason: "outside" },
  ),
  "system/informational": notice(
    "warning",
    "informational",
    "blocked by hook",
    system("informational", { content: "blocked by hook", level: "warning" }),
  ),
  "system/informational: a notice": notice(
    "info",
    "informational",
    "continuing once",
    system("informational", { content: "continuing once", level: "notice" }),
  ),
  "system/informational: an error": notice(
    "error",
    "informational",
    "no",
    system("informational", { content: "no", level: "error" }),
  ),
  "system/informational: no words": notice("info", "informational", "", system("informational")),
  "system/notification: critical": notice(
    "error",
    "notification",
    "no",
    system("notification", { text: "no", priority: "critical" }),
  ),
  "system/notification": notice(
    "info",
    "notification",
    "ctrl+o to see",
    system("notification", { key: "k", text: "ctrl+o to see", priority: "immediate" }),
  ),
  "system/notification: of high priority": notice(
    "warning",
    "notification",
    "look",
    system("notification", { text: "look", priority: "high" }),
  ),
  "system/local_command_output": notice(
    "info",
    "local_command",
    "Total cost: $0",
    system("local_command_output", { content: "Total cost: $0" }),
  ),
  "system/model_refusal_fallback": notice(
    "warning",
    "refusal",
    "the model refused; another model continues",
    system("model_refusal_fallback", { content: "", original_model: "opus" }),
  ),
  "system/model_refusal_no_fallback": notice(
    "warning",
    "refusal",
    "the model refused",
    system("model_refusal_no_fallback", { content: "", original_model: "opus" }),
  ),
  "system/plugin_install": notice(
    "info",
    "plugin",
    "linter: installed",
    system("plugin_install", { name: "linter", status: "installed" }),
  ),
  "system/plugin_install: a failure": notice(
    "warning",
    "plugin",
    "linter: failed: no network",
    system("plugin_install", { name: "linter", status: "failed", error: "no network" }),
  ),
  "system/session_state_changed": notice(
    "info",
    "session_state",
    "idle",
    system("session_state_changed", { state: "idle" }),
  ),
  "system/worker_shutting_down": notice(
    "info",
    "worker",
    "the worker is shutting down",
    system("worker_shutting_down"),
  ),
  "system/commands_changed": notice(
    "info",
    "commands",
    "the slash commands changed",
    system("commands_changed", { commands: [{ name: "x" }] }),
  ),
  "system/files_persisted": notice(
    "warning",
    "files",
    "files saved: a.txt, b.txt; failed: c.txt",
    system("files_persisted", {
      files: [{ filename: "a.txt" }, { filename: "b.txt" }],
      failed: [{ filename: "c.txt" }],
    }),
  ),
  "system/files_persisted: none": notice(
    "info",
    "files",
    "files saved: none",
    system("files_persisted", { files: [], failed: [] }),
  ),
  "system/memory_recall": notice(
    "info",
    "memory",
    "memories were loaded",
    system("memory_recall", { memories: [] }),
  ),
  "system/elicitation_complete": notice(
    "info",
    "elicitation",
    "the question of an MCP server was answered",
    system("elicitation_complete", { elicitation_id: "e" }),
  ),
  "system/mirror_error": notice(
    "warning",
    "mirror",
    "disk full",
    system("mirror_error", { error: "disk full" }),
  ),
  "system/control_request_progress": notice(
    "info",
    "control",
    "system control_request_progress",
    system("control_request_progress", { request_id: "r1" }),
  ),
  "system/session_writes_lost": notice(
    "error",
    "session_writes_lost",
    "parts of the session were not saved",
    system("session_writes_lost", { count: 2 }),
  ),
  "a subtype that is new": unknown(system("hologram", { data: 1 })),
  "a subtype named constructor": unknown(system("constructor")),
  "a subtype named __proto__": unknown(system("__proto__")),
  "a subtype that is no text": unknown({ type: "system", subtype: 7 }),
  "no subtype": unknown({ type: "system" }),
};

/** One message of each kind and variant, named `kind: variant`. */
export const KINDS: readonly (readonly [name: string, kind: Kind])[] = Object.entries(ROWS);

/**
 * Runs in which claude and its tools are hostile.
 *
 * @module
 */

import { type EventBody, NO_USAGE } from "../../lib/events.ts";

/** Tools whose calls are rendered in different ways. */
const TOOLS: readonly string[] = [
  "Bash",
  "Read",
  "Write",
  "MultiEdit",
  "NotebookEdit",
  "Grep",
  "Agent",
  "WebFetch",
  "TodoWrite",
  "TaskUpdate",
  "ExitPlanMode",
  "AskUserQuestion",
  "ReportFindings",
  "StructuredOutput",
  "mcp__server__tool",
  "Unknown",
];

/** Returns the events of a failed run with a text in every foreign field. */
export function hostileRun(evil: string): EventBody[] {
  const input = {
    [evil]: evil,
    command: evil,
    file_path: evil,
    notebook_path: evil,
    path: evil,
    pattern: evil,
    glob: evil,
    url: evil,
    query: evil,
    description: evil,
    prompt: evil,
    subagent_type: evil,
    skill: evil,
    old_string: evil,
    new_string: `${evil}\n${evil}`,
    content: evil,
    new_source: evil,
    edit_mode: evil,
    edits: [{ old_string: evil, new_string: "x" }, { old_string: "x", new_string: evil }],
    todos: [{ status: "in_progress", activeForm: evil, content: evil }],
    subject: evil,
    status: evil,
    plan: `Plan\n${evil}`,
    questions: [{ question: evil, options: [{ label: evil, description: evil }, evil] }],
    findings: [{ file: evil, line: 1, summary: evil, verdict: evil }],
  };
  const place = { message_id: evil, index: 0 };
  const events: EventBody[] = [
    { type: "start", schema: "ccrun.events/1", ccrun: "0", time: null, claude: null, cwd: evil },
    {
      type: "session_info",
      session_id: evil,
      model: evil,
      cwd: evil,
      permission_mode: evil,
      tools: [evil],
      mcp_servers: [{ name: evil, status: "failed" }, { name: evil, status: "needs-auth" }],
      claude_version: evil,
    },
    { type: "text", text: evil, ...place },
    { type: "text", text: `a\n\n  ${evil}\n`, ...place, index: 1 },
    { type: "thinking", text: evil, ...place, index: 2 },
    { type: "thinking", text: `${evil}\n`.repeat(9), ...place, index: 3 },
    ...pieces("text_delta", evil, 4),
    ...pieces("thinking_delta", evil, 5),
    { type: "user_text", text: evil, kind: "synthetic" },
    { type: "user_text", text: evil, kind: "other" },
    { type: "notice", level: "info", kind: "stderr", text: evil },
    { type: "notice", level: "info", kind: evil, text: evil },
    { type: "notice", level: "warning", kind: evil, text: evil },
    { type: "notice", level: "error", kind: evil, text: evil },
    { type: "notice", level: "warning", kind: "denied", text: evil },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 1, reason: evil },
    { type: "rate_limit", status: evil, kind: evil, resets_at: evil },
    { type: "task", task_id: evil, status: "failed", description: evil, summary: evil },
    { type: "task", task_id: evil, status: "completed" },
    { type: "raw", content: evil },
    { type: "unknown", event: { [evil]: evil, type: evil } },
  ];
  for (const [at, name] of [...TOOLS, evil, `mcp__${evil}__${evil}`].entries()) {
    const id = `t${at}${evil}`;
    const outcome = (is_error: boolean, text: string): EventBody[] => [
      { type: "tool_use", id, name, input },
      { type: "tool_result", tool_use_id: id, name, is_error, text, duration_ms: 2_000 },
    ];
    events.push(
      ...outcome(false, evil),
      { type: "tool_use", id, name, input },
      {
        type: "tool_result",
        tool_use_id: id,
        name,
        is_error: false,
        text: evil,
        diff: `@@ -1 +1 @@\n-${evil}\n+${evil}`,
        duration_ms: 1,
      },
      ...outcome(false, `${evil}\n`.repeat(20)),
      ...outcome(true, evil),
      ...outcome(true, `${evil}\n`.repeat(20)),
      { type: "tool_use", id, name, input: { [evil]: evil } },
      { type: "permission_denied", tool_use_id: id, name, reason: evil },
      { type: "tool_result", tool_use_id: id, name, is_error: true, text: evil, duration_ms: 1 },
      { type: "tool_use", id: `s${id}`, name, input, parent_tool_use_id: id },
      { type: "text", text: evil, ...place, index: 9, parent_tool_use_id: id },
      {
        type: "tool_result",
        tool_use_id: `s${id}`,
        name,
        is_error: at % 2 === 0,
        text: evil,
        duration_ms: null,
        parent_tool_use_id: id,
      },
    );
  }
  events.push(
    {
      type: "result",
      ok: false,
      subtype: evil,
      text: `What claude said: ${evil}`,
      turns: 1,
      duration_ms: 1,
      api_duration_ms: 1,
      cost_usd: 0,
      usage: NO_USAGE,
      denials: [{ tool_use_id: evil, name: evil }],
      errors: [evil, `x ${evil}`],
    },
    { type: "error", error: { kind: "failed", message: evil, hint: evil } },
    {
      type: "exit",
      ok: false,
      code: 1,
      reason: "failed",
      turns: 1,
      cost_usd: 0,
      usage: NO_USAGE,
      duration_ms: 1,
      stderr: evil,
    },
  );
  return events;
}

/** Returns a text as partial messages. */
function pieces(type: "text_delta" | "thinking_delta", text: string, index: number): EventBody[] {
  const size = Math.ceil(text.length / 50);
  const events: EventBody[] = [];
  for (let at = 0; at < text.length; at += size) {
    events.push({ type, text: text.slice(at, at + size), message_id: "streamed", index });
  }
  return events;
}

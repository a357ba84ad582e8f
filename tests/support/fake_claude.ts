/**
 * A fake Claude Code that writes any stream.
 *
 * @module
 */

import type { JsonObject } from "./json.ts";
import type { Sandbox } from "./sandbox.ts";
import { writeExecutable } from "./executable.ts";

/** The version that the fake claude reports, and whose messages it writes. */
export const FAKE_CLAUDE_VERSION = "2.1.332";

/** The default session of the lines. */
export const FAKE_SESSION_ID = "5e551011-0000-4000-8000-000000000001";

const MODEL = "claude-opus-4-8";

/** The id of the message that is streamed. */
const STREAMED_ID = "msg_streamed";

let scripts = 0;

/**
 * Writes an executable shell script for `--claude` and returns its path. It prints its version if asked, and
 * otherwise runs `body`. Its stdin contains one line with the prompt, see {@linkcode promptIn}, and stays open
 * until the result. "$@" are the arguments of claude.
 *
 * @example
 * ```ts
 * const claude = await fakeClaude(sandbox, `head -n 1 >/dev/null; ${emit(initLine(), resultLine())}`);
 * ```
 */
export async function fakeClaude(sandbox: Sandbox, body: string): Promise<string> {
  const path = `${sandbox.bin}/fake-claude-${++scripts}`;
  const version =
    `case "$1" in --version|-v) echo '${FAKE_CLAUDE_VERSION} (Claude Code)'; exit;; esac`;
  await writeExecutable(path, `#!/bin/sh\n${version}\n${body}\n`);
  return path;
}

/** Returns the prompt in a line of claude's stdin. */
export function promptIn(line: string): string {
  const { message: { content: [{ text }] } } = JSON.parse(line);
  return text;
}

/** Returns a shell command that writes these lines at once. */
export function emit(...lines: readonly string[]): string {
  return `cat <<'END_OF_LINES'\n${lines.join("\n")}\nEND_OF_LINES\n`;
}

/** Returns the first line of a stream: system/init. */
export function initLine(fields: JsonObject = {}): string {
  return line({
    type: "system",
    subtype: "init",
    cwd: "/home/dev/project",
    session_id: FAKE_SESSION_ID,
    tools: ["Task", "Bash", "Edit", "Read", "Write"],
    mcp_servers: [],
    model: MODEL,
    permissionMode: "default",
    slash_commands: ["compact", "context", "cost"],
    apiKeySource: "ANTHROPIC_API_KEY",
    claude_code_version: FAKE_CLAUDE_VERSION,
    output_style: "default",
    agents: ["general-purpose"],
    skills: [],
    plugins: [],
    ...fields,
  });
}

/** Returns a text of the model as a line. */
export function textLine(text: string, fields: JsonObject = {}): string {
  return assistantLine({ type: "text", text }, fields);
}

/** Returns thinking of the model as a line. */
export function thinkingLine(thinking: string, fields: JsonObject = {}): string {
  return assistantLine({ type: "thinking", thinking, signature: "sig" }, fields);
}

/** A tool use. */
export interface FakeToolUse {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

/** Returns a tool use as a line. */
export function toolUseLine(use: FakeToolUse, fields: JsonObject = {}): string {
  return assistantLine({ type: "tool_use", ...use }, fields);
}

/** The result of a tool. */
export interface FakeToolResult {
  /** The id of the tool use. */
  readonly id: string;
  readonly content: string | readonly JsonObject[];
  /** @default {false} */
  readonly isError?: boolean;
}

/** Returns the result of a tool as a line. */
export function toolResultLine(result: FakeToolResult, fields: JsonObject = {}): string {
  const { id, content, isError = false } = result;
  return line({
    type: "user",
    message: {
      role: "user",
      content: [{ tool_use_id: id, type: "tool_result", content, is_error: isError }],
    },
    parent_tool_use_id: null,
    session_id: FAKE_SESSION_ID,
    ...fields,
  });
}

/** Returns the last line of a stream, a successful result by default. */
export function resultLine(fields: JsonObject = {}): string {
  return line({
    type: "result",
    subtype: "success",
    is_error: false,
    api_error_status: null,
    duration_ms: 1200,
    duration_api_ms: 900,
    num_turns: 1,
    result: "Done.",
    stop_reason: "end_turn",
    session_id: FAKE_SESSION_ID,
    total_cost_usd: 0.0033,
    usage: {
      input_tokens: 120,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 42,
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      service_tier: "standard",
    },
    modelUsage: {},
    permission_denials: [],
    terminal_reason: "completed",
    ...fields,
  });
}

/** Returns the lines that begin a streamed text, one a piece. {@linkcode deltaLine} continues it. */
export function streamedLines(pieces: readonly string[]): readonly string[] {
  const message = { id: STREAMED_ID, type: "message", role: "assistant", content: [], usage: {} };
  return [
    streamLine({ type: "message_start", message }),
    streamLine({
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "" },
    }),
    ...pieces.map(deltaLine),
  ];
}

/** Returns a piece of a streamed text as a line. */
export function deltaLine(text: string): string {
  return streamLine({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  });
}

/** Returns a block of the streamed message when it is complete, as a line. */
export function streamedTextLine(text: string): string {
  const message = { id: STREAMED_ID, role: "assistant", content: [{ type: "text", text }] };
  return messageLine({ type: "assistant", message, parent_tool_use_id: null });
}

function streamLine(event: JsonObject): string {
  return messageLine({ type: "stream_event", event, parent_tool_use_id: null });
}

/** Returns any other message as a line, with the session and a unique id. */
export function messageLine(fields: JsonObject): string {
  return line({ session_id: FAKE_SESSION_ID, ...fields });
}

function assistantLine(block: JsonObject, fields: JsonObject): string {
  return line({
    type: "assistant",
    message: {
      id: `msg_${++lines}`,
      type: "message",
      role: "assistant",
      model: MODEL,
      content: [block],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 120,
        output_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    },
    parent_tool_use_id: null,
    session_id: FAKE_SESSION_ID,
    ...fields,
  });
}

let lines = 0;

function line(message: JsonObject): string {
  const uuid = `0000000a-0000-4000-8000-${String(++lines).padStart(12, "0")}`;
  return JSON.stringify({ ...message, uuid });
}

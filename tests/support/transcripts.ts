/**
 * Builds the transcripts of stored sessions, with the fields of Claude Code 2.1.332.
 *
 * @example A session with a tool and a subagent
 * ```ts
 * const agent = { toolUseId: "toolu_1", lines: transcript([prompt("Look."), assistant([text("Found.")])]) };
 * const lines = transcript([
 *   prompt("Look around."),
 *   assistant([text("I ask."), toolCall("toolu_1", "Agent", { prompt: "Look." })]),
 *   toolResult("toolu_1", "Found."),
 *   assistant([text("Done.")]),
 *   costState({ "claude-opus-5-5": { costUSD: 0.5 } }),
 * ]);
 * const { id } = await storeSession(home, cwd, lines, { subagents: [agent] });
 * ```
 *
 * @module
 */

import type { JsonObject } from "./json.ts";

/** A line of a transcript, without the fields that {@linkcode transcript} adds. */
export type Entry = JsonObject;

/** Token counts of a message. */
const DEFAULT_USAGE = {
  input_tokens: 120,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 42,
};

const DEFAULT_MODEL = "claude-opus-5-5";

/** Options of {@linkcode transcript}. */
export interface TranscriptOptions {
  /** The id of the session. A subagent has the id of its session, too. @default {the id of `storeSession`} */
  readonly sessionId?: string;
  /** The id of a subagent. @default {the session itself} */
  readonly agentId?: string;
  /** The directory of the session. @default {the workspace of `storeSession`} */
  readonly cwd?: string;
  /** @default {"2.1.332"} */
  readonly version?: string;
  /** The time of the first line. @default {2026-11-22T20:00:00.000Z} */
  readonly start?: string;
  /** Milliseconds between two lines. @default {1000} */
  readonly stepMs?: number;
}

/** The types of lines that have no uuid, parent or directory. */
const RECORD_TYPES = new Set([
  "ai-title",
  "atis-latch",
  "cost-state",
  "custom-title",
  "file-history-snapshot",
  "last-prompt",
  "mode",
  "queue-operation",
  "summary",
  "tools-used",
]);

/**
 * Returns the lines of a transcript: adds ids, parents, times and the session to the entries, unless an
 * entry has them. A list of entries, as {@linkcode assistant} returns it, can be an entry.
 */
export function transcript(
  entries: readonly (Entry | readonly Entry[])[],
  options: TranscriptOptions = {},
): Entry[] {
  const { sessionId, agentId, cwd, version = "2.1.332", stepMs = 1000 } = options;
  const startMs = Date.parse(options.start ?? "2026-11-22T20:00:00.000Z");
  let parentUuid: unknown = null;
  return entries.flat().map((entry, index) => {
    const session = sessionId === undefined ? {} : { sessionId };
    if (RECORD_TYPES.has(String(entry.type))) return { ...session, ...entry };
    const line = {
      parentUuid,
      isSidechain: agentId !== undefined,
      ...agentId === undefined ? {} : { agentId },
      uuid: crypto.randomUUID(),
      timestamp: new Date(startMs + index * stepMs).toISOString(),
      userType: "external",
      ...cwd === undefined ? {} : { cwd },
      ...session,
      version,
      gitBranch: "",
      ...entry,
    };
    parentUuid = line.uuid;
    return line;
  });
}

/** Returns a prompt of the user. */
export function prompt(content: string | readonly JsonObject[], more: Entry = {}): Entry {
  const message = { role: "user", content };
  return { type: "user", message, permissionMode: "bypassPermissions", ...more };
}

/** Options of {@linkcode assistant}. */
export interface AssistantOptions {
  /** The id of the message. @default {a new one} */
  readonly id?: string;
  /** @default {"claude-opus-5-5"} */
  readonly model?: string;
  /** Token counts that differ from the default. */
  readonly usage?: JsonObject;
  /** @default {`tool_use` if a tool is called, else `end_turn`} */
  readonly stopReason?: string | null;
}

/** Returns a message of the model: a line for each block, with the same message id and usage. */
export function assistant(blocks: readonly JsonObject[], options: AssistantOptions = {}): Entry[] {
  const { id = `msg_${crypto.randomUUID()}`, model = DEFAULT_MODEL } = options;
  const callsTool = blocks.some(({ type }) => type === "tool_use");
  const { stopReason = callsTool ? "tool_use" : "end_turn" } = options;
  const message = {
    id,
    type: "message",
    role: "assistant",
    model,
    stop_sequence: null,
    stop_reason: stopReason,
    usage: { ...DEFAULT_USAGE, ...options.usage },
  };
  return blocks.map((block) => ({ type: "assistant", message: { ...message, content: [block] } }));
}

/** Returns a call of a tool. */
export function toolCall(id: string, name: string, input: JsonObject): JsonObject {
  return { type: "tool_use", id, name, input };
}

/** Options of {@linkcode toolResult}. */
export interface ToolResultOptions {
  readonly isError?: boolean;
  /** The result as the tool returned it: an object, a list or, for an error, a text. */
  readonly toolUseResult?: unknown;
}

/** Returns the result of a tool: a text or blocks. */
export function toolResult(
  id: string,
  content: unknown,
  { isError = false, toolUseResult }: ToolResultOptions = {},
): Entry {
  const block = { tool_use_id: id, type: "tool_result", content, is_error: isError };
  return {
    type: "user",
    message: { role: "user", content: [block] },
    ...toolUseResult === undefined ? {} : { toolUseResult },
  };
}

/** Returns the message that Claude Code writes when a request fails, for example with status 529. */
export function apiErrorMessage(status: number, text: string, error = "server_error"): Entry {
  const [line] = assistant([{ type: "text", text }], {
    model: "<synthetic>",
    stopReason: "stop_sequence",
    usage: { input_tokens: 0, output_tokens: 0 },
  });
  return { ...line, error, isApiErrorMessage: true, apiErrorStatus: status };
}

/** Returns the lines of an interruption during a tool. */
export function interruption(toolUseId: string): Entry[] {
  const text = "[Request interrupted by user for tool use]";
  return [
    toolResult(toolUseId, "The user doesn't want to proceed with this tool use.", {
      isError: true,
      toolUseResult: "User rejected tool use",
    }),
    { type: "user", message: { role: "user", content: [{ type: "text", text }] } },
  ];
}

/** Returns the lines of a compaction with `/compact`. */
export function compaction(summary: string): Entry[] {
  const user = (content: string, more: Entry = {}): Entry => ({
    type: "user",
    message: { role: "user", content },
    ...more,
  });
  return [
    {
      type: "system",
      subtype: "compact_boundary",
      content: "Conversation compacted",
      isMeta: false,
      level: "info",
      compactMetadata: { trigger: "manual", preTokens: 162, durationMs: 72 },
      parentUuid: null,
    },
    user(summary, { isVisibleInTranscriptOnly: true, isCompactSummary: true }),
    user("<local-command-caveat>Caveat</local-command-caveat>", { isMeta: true }),
    user("<command-name>/compact</command-name>\n<command-args></command-args>"),
    user("<local-command-stdout>Compacted </local-command-stdout>"),
  ];
}

/** Returns the notification that a background task has ended. It starts a turn. */
export function taskNotification(taskId: string, toolUseId: string, result: string): Entry {
  const content = "<task-notification>\n" +
    `<task-id>${taskId}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>\n` +
    `<status>completed</status>\n<result>${result}</result>\n</task-notification>`;
  return prompt(content, { origin: { kind: "task-notification" }, promptSource: "system" });
}

/** Returns an attachment, for example `max_turns_reached`, `structured_output` or `queued_command`. */
export function attachment(type: string, fields: JsonObject = {}): Entry {
  return { type: "attachment", attachment: { type, ...fields } };
}

/** Returns the costs of the session so far, which newer versions write when they exit. */
export function costState(modelUsage: Readonly<Record<string, JsonObject>>): Entry {
  const costs = Object.values(modelUsage).map(({ costUSD }) => Number(costUSD ?? 0));
  return {
    type: "cost-state",
    totalCostUSD: costs.reduce((sum, cost) => sum + cost, 0),
    totalDuration: 1000,
    modelUsage,
    hasUnknownModelCost: false,
  };
}

/** Returns one entry of each kind that tells nothing about the conversation. */
export function noise(): Entry[] {
  return [
    { type: "queue-operation", operation: "enqueue", timestamp: "2026-11-22T20:00:00.000Z" },
    { type: "queue-operation", operation: "dequeue", timestamp: "2026-11-22T20:00:00.001Z" },
    { type: "mode", mode: "normal" },
    { type: "atis-latch", atis: "" },
    { type: "tools-used", tools: ["Bash"] },
    { type: "last-prompt", lastPrompt: "A prompt.", leafUuid: crypto.randomUUID() },
    { type: "file-history-snapshot", messageId: "m", snapshot: {}, isSnapshotUpdate: false },
    attachment("environment", { snapshot: { platform: "linux" } }),
  ];
}

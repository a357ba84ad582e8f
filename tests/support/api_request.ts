/**
 * What a request to the Messages API says, in the terms a test script thinks in: which prompt is being
 * answered, how far the answer is, what the tools gave.
 *
 * @module
 */

import { asArray, asObject, asString, type JsonObject } from "./json.ts";

/** One request to `POST /v1/messages`. */
export interface ApiRequest {
  /** The body as it came. */
  readonly body: JsonObject;
  /** The headers that say who asks: `x-api-key`, `authorization`, `user-agent`, `anthropic-beta` and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** The path with its query, such as `/v1/messages?beta=true`. */
  readonly path: string;
  /** The model that is asked for. */
  readonly model: string;
  /** Whether the answer is wanted as server-sent events. */
  readonly stream: boolean;
  /** Whether tools are offered. Titles, summaries and warm-ups come without. */
  readonly hasTools: boolean;
  /** The names of the tools that are offered. */
  readonly tools: readonly string[];
  /** The text of the system prompt, with what is added to it in the middle of a conversation. */
  readonly systemText: string;
  /** The prompt that this conversation began with. A sub-agent is recognised by it. */
  readonly firstPrompt: string;
  /** The prompt that is being answered: the last thing a person, or the agent above, said. */
  readonly userText: string;
  /** How many assistant messages came since that prompt: 0 for the first reply to it. */
  readonly turn: number;
  /** The results of tools since that prompt, oldest first. */
  readonly toolResults: readonly ApiToolResult[];
}

/** What one tool gave. */
export interface ApiToolResult {
  /** The id of the tool use it answers. */
  readonly toolUseId: string;
  /** The text of the result. */
  readonly text: string;
  /** Whether the tool failed or was denied. */
  readonly isError: boolean;
}

/** What the request arrived with, beside its body. */
export interface ApiRequestEnvelope {
  /** All its headers. */
  readonly headers: Headers;
  /** The path with its query. */
  readonly path: string;
}

const USEFUL_HEADERS: readonly string[] = [
  "anthropic-beta",
  "anthropic-version",
  "authorization",
  "user-agent",
  "x-api-key",
  "x-claude-code-session-id",
  "x-stainless-retry-count",
];

/**
 * How texts begin that Claude Code itself writes in the user's name. They go on with the work on a prompt and are
 * not a new one; without this list a Stop hook's feedback or a finished background task would start a script anew.
 */
const MACHINE_TEXTS: readonly string[] = [
  "<system-reminder>",
  "<task-notification>",
  "[Request interrupted",
  "Stop hook feedback",
  "(no content)",
  "[structured-output-enforce]",
  "[Your previous response had no visible output",
  "Output token limit hit",
  "Your response above was stopped",
];

/** Parses the body of a request and determines the state of its conversation. */
export function readApiRequest(body: unknown, envelope: ApiRequestEnvelope): ApiRequest {
  const fields = asObject(body);
  const messages = asArray(fields.messages).map(asObject);
  const prompts = messages.map(promptOf);
  const last = prompts.findLastIndex((prompt) => prompt !== undefined);
  const since = messages.slice(last + 1);
  const tools = asArray(fields.tools).map((tool) => asString(asObject(tool).name));
  return {
    body: fields,
    headers: usefulHeaders(envelope.headers),
    path: envelope.path,
    model: asString(fields.model),
    stream: fields.stream === true,
    hasTools: tools.length > 0,
    tools,
    systemText: systemText(fields, messages),
    firstPrompt: prompts.find((prompt) => prompt !== undefined) ?? "",
    userText: prompts[last] ?? "",
    turn: since.filter((message) => message.role === "assistant").length,
    toolResults: since.flatMap(toolResultsOf),
  };
}

/** The text in a message's content, which is a string or a list of blocks. */
function textOf(content: unknown): string {
  return textBlocks(content).join("\n");
}

function textBlocks(content: unknown): readonly string[] {
  if (typeof content === "string") return [content];
  return asArray(content).map(asObject)
    .filter((block) => block.type === "text")
    .map((block) => asString(block.text));
}

/**
 * The prompt in a message, if it has one. Text beside tool results is not one (a skill's instructions come so),
 * unless a person went on after an interruption: then both are in one message.
 */
function promptOf(message: JsonObject): string | undefined {
  if (message.role !== "user") return undefined;
  const texts = textBlocks(message.content).map(withoutReminders);
  const own = texts.filter((text) => text !== "" && !isMachineText(text));
  if (own.length === 0) return undefined;
  const interrupted = texts.some((text) => text.startsWith("[Request interrupted"));
  if (toolResultsOf(message).length > 0 && !interrupted) return undefined;
  return own.join("\n");
}

function isMachineText(text: string): boolean {
  return MACHINE_TEXTS.some((start) => text.startsWith(start));
}

/** Without the reminders that stand in one block with a person's own words. */
function withoutReminders(text: string): string {
  return text.replaceAll(/<system-reminder>[^]*?<\/system-reminder>/g, "").trim();
}

function toolResultsOf(message: JsonObject): readonly ApiToolResult[] {
  if (message.role !== "user") return [];
  return asArray(message.content).map(asObject)
    .filter((block) => block.type === "tool_result")
    .map((block) => ({
      toolUseId: asString(block.tool_use_id),
      text: textOf(block.content),
      isError: block.is_error === true,
    }));
}

/** The `system` field, and the messages of role `system` that newer versions send amid the conversation. */
function systemText(fields: JsonObject, messages: readonly JsonObject[]): string {
  const inline = messages.filter((message) => message.role === "system");
  return [fields.system, ...inline.map((message) => message.content)].map(textOf).join("\n");
}

function usefulHeaders(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => USEFUL_HEADERS.includes(name)));
}

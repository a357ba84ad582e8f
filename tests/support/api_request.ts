/**
 * Reads a request to the Messages API: its prompt, the turn of the conversation, and the results of tools.
 *
 * @module
 */

import { asArray, asObject, asString, type JsonObject } from "./json.ts";

/** One request to `POST /v1/messages`. */
export interface ApiRequest {
  readonly body: JsonObject;
  /** The headers with the credential: `x-api-key` and `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The path and the query, for example `/v1/messages?beta=true`. */
  readonly path: string;
  readonly model: string;
  /** Whether the reply must be server-sent events. */
  readonly stream: boolean;
  /** Whether it has tools. Requests for titles and summaries have none. */
  readonly hasTools: boolean;
  /** The names of the tools. */
  readonly tools: readonly string[];
  /** The system prompt, including system messages in the middle of the conversation. */
  readonly systemText: string;
  /** The first prompt of the conversation. It identifies a subagent. */
  readonly firstPrompt: string;
  /** The last prompt of the user or of the parent agent. */
  readonly userText: string;
  /** The number of assistant messages since that prompt. */
  readonly turn: number;
}

/** The headers and the path of a request. */
export interface ApiRequestEnvelope {
  readonly headers: Headers;
  /** The path and the query. */
  readonly path: string;
}

const CREDENTIAL_HEADERS: readonly string[] = ["authorization", "x-api-key"];

/**
 * The beginnings of texts that Claude Code writes in the name of the user. They are not a new prompt, so the
 * script continues.
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
    headers: credentialHeaders(envelope.headers),
    path: envelope.path,
    model: asString(fields.model),
    stream: fields.stream === true,
    hasTools: tools.length > 0,
    tools,
    systemText: systemText(fields, messages),
    firstPrompt: prompts.find((prompt) => prompt !== undefined) ?? "",
    userText: prompts[last] ?? "",
    turn: since.filter((message) => message.role === "assistant").length,
  };
}

/** Returns the text in the content of a message, which is a string or a list of blocks. */
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
 * Returns the prompt in a message, if it has one. Text next to tool results is not a prompt, for example
 * the instructions of a skill. After an interruption, a prompt and tool results are in one message.
 */
function promptOf(message: JsonObject): string | undefined {
  if (message.role !== "user") return undefined;
  const texts = textBlocks(message.content).map(withoutReminders);
  const own = texts.filter((text) => text !== "" && !isMachineText(text));
  if (own.length === 0) return undefined;
  const interrupted = texts.some((text) => text.startsWith("[Request interrupted"));
  if (hasToolResult(message) && !interrupted) return undefined;
  return own.join("\n");
}

function isMachineText(text: string): boolean {
  return MACHINE_TEXTS.some((start) => text.startsWith(start));
}

/** Removes the reminders that are in one block with a prompt. */
function withoutReminders(text: string): string {
  return text.replaceAll(/<system-reminder>[^]*?<\/system-reminder>/g, "").trim();
}

function hasToolResult(message: JsonObject): boolean {
  return asArray(message.content).some((block) => asObject(block).type === "tool_result");
}

/** Returns the `system` field and the system messages that newer versions send in the conversation. */
function systemText(fields: JsonObject, messages: readonly JsonObject[]): string {
  const inline = messages.filter((message) => message.role === "system");
  return [fields.system, ...inline.map((message) => message.content)].map(textOf).join("\n");
}

function credentialHeaders(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => CREDENTIAL_HEADERS.includes(name)));
}

import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";
import { splitLine } from "../util/json_line.ts";
import { TRUNCATION_MARK } from "../util/lines.ts";
import { blockEvent, toolResultEvent } from "./block_events.ts";
import type { AssistantBlock, ToolResultBlock } from "./content_blocks.ts";
import { detectDenial } from "./denials.ts";
import type { AssistantMessage, ClaudeMessage, ResultMessage, UserMessage } from "./messages.ts";
import { type BlockPosition, OpenMessages } from "./open_messages.ts";
import { OpenToolCalls } from "./open_tool_calls.ts";
import { parseMessage, parseTruncatedResult } from "./parse_message.ts";
import type { StreamEvent } from "./partial_messages.ts";
import { Retractions } from "./retractions.ts";
import { SessionTracker } from "./session_tracker.ts";
import { readToolOutput } from "./subagent_result.ts";
import { TaskTracker } from "./task_tracker.ts";
import { TextContinuity } from "./text_continuity.ts";
import { TurnProgress } from "./turn_progress.ts";
import { UsageReader } from "./usage.ts";

/** Options for {@linkcode Normalizer}. */
export interface NormalizerOptions {
  /** Creates the events. */
  createEvent: EventFactory;
  /**
   * Receives each message before its events are created.
   *
   * @internal
   */
  onMessage?: ((message: ClaudeMessage) => void) | undefined;
  /** The session that a fork starts from. Its id is never reported. */
  forkedFrom?: string | undefined;
  /**
   * Reads what each result used. Those of a claude that serves several runs depend on each other.
   *
   * @internal
   */
  usage?: UsageReader | undefined;
  /** Whether to report messages while they are being generated. @default {true} */
  partial?: boolean | undefined;
}

/**
 * Turns the lines that Claude Code writes into events.
 *
 * A line never makes it throw, and nothing is dropped silently: a line that is not a JSON object
 * becomes a `raw` event, a message of an unknown kind becomes an `unknown` event, and a message
 * without content is counted.
 *
 * @example
 * ```ts
 * import { createEventFactory } from "../events.ts";
 * import { Normalizer } from "./normalizer.ts";
 *
 * const normalizer = new Normalizer({ createEvent: createEventFactory(() => null) });
 * const [event] = normalizer.read("hello");
 * console.log(event); // { type: "raw", seq: 0, time_ms: null, content: "hello" }
 * ```
 */
export class Normalizer {
  readonly #createEvent: EventFactory;
  readonly #onMessage: ((message: ClaudeMessage) => void) | undefined;
  readonly #partial: boolean;
  readonly #session: SessionTracker;
  #messages = new OpenMessages();
  #calls = new OpenToolCalls();
  #tasks = new TaskTracker();
  #progress = new TurnProgress();
  #texts = new TextContinuity();
  #retractions = new Retractions();
  readonly #usage: UsageReader;
  /** The time that the process had spent in the API before, in milliseconds. */
  readonly #earlierApiMs: number;
  #denied = new Set<string>();
  #events: RunEvent[] = [];
  #apiError: string | undefined;
  #unnamedCount = 0;
  #ignoredCount = 0;
  /** A result whose line ends in the middle. It counts only if no other line follows. */
  #truncatedResult: { readonly text: string; readonly message: ClaudeMessage } | undefined;

  /** Creates a normalizer for one stream. */
  constructor(options: NormalizerOptions) {
    this.#createEvent = options.createEvent;
    this.#onMessage = options.onMessage;
    this.#partial = options.partial ?? true;
    this.#usage = options.usage ?? new UsageReader();
    this.#earlierApiMs = this.#usage.apiDurationMs;
    this.#session = new SessionTracker(options.forkedFrom);
  }

  /** How many messages and blocks became no event. */
  get ignoredCount(): number {
    return this.#ignoredCount;
  }

  /** Where the API key of Claude Code comes from, once it is known. */
  get apiKeySource(): string | undefined {
    return this.#session.apiKeySource;
  }

  /** Whether the prompt has its result, and no turn and no background task is in progress. */
  get isIdle(): boolean {
    return this.#progress.isIdle && !this.#tasks.hasOpenTasks;
  }

  /** Whether Claude Code needs its stdin. */
  get needsInput(): boolean {
    return this.#progress.needsInput;
  }

  /** When a turn begins that the model has scheduled, in milliseconds since 1970. */
  get wakesAt(): number | undefined {
    return this.#progress.wakesAt;
  }

  /**
   * Returns the events of a line, or of a JSON object that was in it. A line that was cut at a size limit
   * must end with U+0000.
   */
  read(line: string | JsonObject): RunEvent[] {
    if (line === "") return [];
    this.#events = [];
    const object = typeof line === "string" ? parseJsonObject(line) : line;
    if (object !== undefined) this.#readPart(object);
    else for (const part of splitLine(line as string)) this.#readPart(part);
    return this.#events;
  }

  #readPart(part: JsonObject | string): void {
    this.#emitTruncatedResult();
    if (typeof part === "string") this.#readText(part);
    else this.#readMessage(parseMessage(part));
  }

  /**
   * Returns the events that {@linkcode read} still holds: the session of a stream without a turn, and a
   * result that ends in the middle.
   */
  end(): RunEvent[] {
    this.#events = [];
    if (this.#truncatedResult !== undefined) this.#readMessage(this.#truncatedResult.message);
    this.#truncatedResult = undefined;
    this.#reportInterrupted();
    const sessionInfo = this.#session.report();
    if (sessionInfo !== undefined) this.#emit(sessionInfo);
    return this.#events;
  }

  /** Reports the tokens of a message of the main agent that was cut off. */
  #reportInterrupted(): void {
    const usage = this.#messages.interrupt(undefined);
    if (usage !== undefined) this.#emit(usage);
  }

  #emit(body: EventBody, parent?: string): RunEvent {
    const event = this.#createEvent(body);
    if (parent !== undefined) event.parent_tool_use_id = parent;
    this.#calls.record(event);
    this.#events.push(event);
    return event;
  }

  /** Emits an event if there is one, and counts the message as ignored otherwise. */
  #emitOrIgnore(body: EventBody | undefined, parent?: string): void {
    if (body === undefined) this.#ignoredCount++;
    else this.#emit(body, parent);
  }

  /** Reads a text that is not a JSON object. */
  #readText(text: string): void {
    if (text.endsWith(TRUNCATION_MARK)) {
      const content = text.slice(0, -TRUNCATION_MARK.length);
      this.#emit({ type: "raw", content, truncated: true });
      return;
    }
    const message = parseTruncatedResult(text);
    if (message === undefined) this.#emit({ type: "raw", content: text });
    else this.#truncatedResult = { text, message };
  }

  /** Emits the line of a result that ends in the middle, although it is not the last line. */
  #emitTruncatedResult(): void {
    if (this.#truncatedResult === undefined) return;
    this.#emit({ type: "raw", content: this.#truncatedResult.text });
    this.#truncatedResult = undefined;
  }

  #readMessage(message: ClaudeMessage): void {
    const { parent } = message;
    this.#onMessage?.(message);
    this.#progress.record(message);
    if (parent === undefined) this.#texts.record(message);
    const sessionInfo = this.#session.record(message);
    if (message.kind === "init") return this.#emitOrIgnore(sessionInfo);
    if (sessionInfo !== undefined) this.#emit(sessionInfo);
    const retraction = this.#retractions.retract(message.retracted);
    if (retraction !== undefined) this.#emit(retraction);
    switch (message.kind) {
      case "assistant":
        return this.#readAssistant(message, parent);
      case "user":
        return this.#readUser(message, parent);
      case "stream":
        return this.#readStreamEvent(message.event, parent);
      case "result":
        return this.#readResult(message, message.json);
      case "task":
        return this.#emitOrIgnore(this.#tasks.record(message), parent);
      case "permission_denied":
        return this.#emitDenial(message.denial, parent);
      case "retry":
        this.#apiError = message.apiError ?? this.#apiError;
        this.#emit(message.retry, parent);
        return;
      case "event":
        if (message.endsTasks) this.#tasks.closeAll();
        this.#emit(message.event, parent);
        return;
      case "empty":
        this.#ignoredCount++;
        return;
      case "other":
        this.#emit({ type: "unknown", event: message.json }, parent);
    }
  }

  #readAssistant(message: AssistantMessage, parent: string | undefined): void {
    this.#apiError = message.apiError;
    this.#retractions.recordLine({ id: message.lineId, messageId: message.id });
    // Without an id, each line is a message.
    const id = message.id || `unnamed-${++this.#unnamedCount}`;
    for (const block of message.blocks) {
      const position = this.#messages.nextBlockPosition(id, parent);
      this.#readBlock(message, block, position, parent);
    }
    const usage = message.isSynthetic
      ? undefined
      : this.#messages.countTokens({ ...message, id }, parent);
    if (usage !== undefined) this.#emit(usage, parent);
    else if (message.blocks.length === 0) this.#ignoredCount++;
  }

  #readBlock(
    message: AssistantMessage,
    block: AssistantBlock,
    position: BlockPosition,
    parent: string | undefined,
  ): void {
    const { isSynthetic } = message;
    const continues = parent === undefined && !isSynthetic &&
      this.#texts.continues(message, block);
    if (block.kind === "tool_result") return this.#readToolResult(block, parent);
    this.#emitOrIgnore(blockEvent(block, { position, isSynthetic, continues }), parent);
  }

  #readUser({ blocks }: UserMessage, parent: string | undefined): void {
    for (const block of blocks) {
      if (block.kind === "tool_result") this.#readToolResult(block, parent);
      else this.#emit({ type: "user_text", text: block.text, kind: block.source }, parent);
    }
    if (blocks.length === 0) this.#ignoredCount++;
  }

  #readToolResult(block: ToolResultBlock, parent: string | undefined): void {
    const { toolUseId, isError, decision } = block;
    const call = this.#calls.get(toolUseId);
    const name = call?.name ?? "unknown";
    const content = readToolOutput(name, block.content);
    const denial = isError
      ? detectDenial({
        tool: call?.name,
        text: content.text,
        decision,
        claudeVersion: this.#session.claudeVersion,
      })
      : undefined;
    if (denial !== undefined) {
      const details = { tool_use_id: toolUseId, name, ...denial };
      this.#emitDenial({ type: "permission_denied", ...details }, parent);
    }
    const result = this.#emit(toolResultEvent(block, name, content), parent);
    const startedMs = call?.startedMs ?? null;
    if (result.type !== "tool_result" || result.time_ms === null || startedMs === null) return;
    const elapsedMs = result.time_ms - startedMs;
    result.duration_ms = Math.max(0, Math.round(elapsedMs));
  }

  #readResult({ result, isError }: ResultMessage, json: JsonObject): void {
    this.#reportInterrupted();
    for (const { tool_use_id, name } of result.denials) {
      this.#emitDenial({ type: "permission_denied", tool_use_id, name });
    }
    const apiError = isError ? this.#apiError : undefined;
    this.#apiError = undefined;
    const { session_id, ...rest } = result;
    const body = this.#session.isForkedFrom(session_id) ? rest : result;
    const error = apiError === undefined ? {} : { api_error: apiError };
    const usage = body.truncated ? {} : this.#usage.read(json);
    const api_duration_ms = this.#withoutEarlierApiTime(body.api_duration_ms);
    this.#emit({ ...body, ...usage, api_duration_ms, ...error });
  }

  /** Subtracts the time in the API before. A process that has cleared its conversation begins again at 0. */
  #withoutEarlierApiTime(totalMs: number | null): number | null {
    if (totalMs === null || totalMs < this.#earlierApiMs) return totalMs;
    return totalMs - this.#earlierApiMs;
  }

  /** Reports a denied call once. */
  #emitDenial(denial: EventBody<"permission_denied">, parent?: string): void {
    const id = denial.tool_use_id;
    if (this.#denied.has(id)) {
      this.#ignoredCount++;
      return;
    }
    this.#denied.add(id);
    this.#emit(denial, parent ?? this.#calls.get(id)?.parent);
  }

  #readStreamEvent(event: StreamEvent, parent: string | undefined): void {
    const isHidden = !this.#partial && event.type === "delta";
    if (isHidden) this.#ignoredCount++;
    else this.#emitOrIgnore(this.#messages.record(event, parent), parent);
  }
}

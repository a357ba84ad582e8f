import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import { TRUNCATION_MARK } from "../util/lines.ts";
import type { AssistantBlock, ToolResultBlock } from "./content_blocks.ts";
import { denialCause, detectDenial } from "./denials.ts";
import {
  type AssistantMessage,
  type ClaudeMessage,
  parseMessage,
  type ResultMessage,
  type UserMessage,
} from "./messages.ts";
import { type BlockPosition, OpenMessages } from "./open_messages.ts";
import { OpenToolCalls } from "./open_tool_calls.ts";
import type { StreamEvent } from "./partial_messages.ts";
import { SessionTracker } from "./session_tracker.ts";
import { readToolOutput } from "./subagent_result.ts";
import { TaskTracker } from "./task_tracker.ts";

/** Options for {@linkcode Normalizer}. */
export interface NormalizerOptions {
  /** Creates the events. */
  createEvent: EventFactory;
  /** The session that a fork starts from. Its id is never reported. */
  forkedFrom?: string | undefined;
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
  readonly #partial: boolean;
  readonly #session: SessionTracker;
  #messages = new OpenMessages();
  #calls = new OpenToolCalls();
  #tasks = new TaskTracker();
  #denied = new Set<string>();
  #events: RunEvent[] = [];
  #apiError: string | undefined;
  #turnInProgress = true;
  #hasAnsweredPrompt = false;
  #ignoredCount = 0;

  constructor(options: NormalizerOptions) {
    this.#createEvent = options.createEvent;
    this.#partial = options.partial ?? true;
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

  /** Whether no turn and no background task is in progress. */
  get isIdle(): boolean {
    return !this.#turnInProgress && !this.#tasks.hasOpenTasks;
  }

  /** Whether a result that answers the prompt has arrived. */
  get hasAnsweredPrompt(): boolean {
    return this.#hasAnsweredPrompt;
  }

  /**
   * Returns the events of a line. A line that was cut at the size limit ends with
   * {@linkcode TRUNCATION_MARK}.
   */
  read(line: string): RunEvent[] {
    if (line === "") return [];
    this.#events = [];
    if (line.endsWith(TRUNCATION_MARK)) {
      const content = line.slice(0, -TRUNCATION_MARK.length);
      this.#emit({ type: "raw", content, truncated: true });
      return this.#events;
    }
    const message = parseMessage(line);
    if (message === undefined) this.#emit({ type: "raw", content: line });
    else this.#readMessage(message);
    return this.#events;
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

  #readMessage(message: ClaudeMessage): void {
    const { parent } = message;
    if (startsTurn(message)) this.#turnInProgress = true;
    const sessionInfo = this.#session.record(message);
    if (message.kind === "init") return this.#emitOrIgnore(sessionInfo);
    if (sessionInfo !== undefined) this.#emit(sessionInfo);
    switch (message.kind) {
      case "assistant":
        return this.#readAssistant(message, parent);
      case "user":
        return this.#readUser(message, parent);
      case "stream":
        return this.#readStreamEvent(message.event, parent);
      case "result":
        return this.#readResult(message);
      case "task":
        return this.#emitOrIgnore(this.#tasks.record(message), parent);
      case "permission_denied":
        return this.#emitDenial({
          type: "permission_denied",
          tool_use_id: message.toolUseId,
          name: message.name,
          ...(message.reason === undefined ? {} : { reason: message.reason }),
          cause: message.cause,
        }, parent);
      case "retry":
        this.#apiError = message.apiError ?? this.#apiError;
        this.#emit(message.retry, parent);
        return;
      case "event":
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
    for (const block of message.blocks) {
      const position = this.#messages.nextBlockPosition(message.id, parent);
      if (block.kind === "tool_result") this.#readToolResult(block, parent);
      else this.#emitOrIgnore(blockEvent(block, position, message.isSynthetic), parent);
    }
    if (message.blocks.length === 0) this.#ignoredCount++;
  }

  #readUser({ blocks }: UserMessage, parent: string | undefined): void {
    for (const block of blocks) {
      if (block.kind === "tool_result") this.#readToolResult(block, parent);
      else this.#emit({ type: "user_text", text: block.text, kind: block.source }, parent);
    }
    if (blocks.length === 0) this.#ignoredCount++;
  }

  #readToolResult(block: ToolResultBlock, parent: string | undefined): void {
    const { toolUseId: id, isError, decision, isInterrupted } = block;
    const call = this.#calls.get(id);
    const name = call?.name ?? "unknown";
    const content = readToolOutput(name, block.content);
    if (isError) {
      const reason = detectDenial({
        tool: call?.name,
        text: content.text,
        decision,
        claudeVersion: this.#session.claudeVersion,
      });
      if (reason !== undefined) {
        const cause = denialCause({ ...decision, tool: name, text: reason });
        this.#emitDenial(
          { type: "permission_denied", tool_use_id: id, name, reason, cause },
          parent,
        );
      }
    }
    const event = this.#emit({
      type: "tool_result",
      tool_use_id: id,
      name,
      is_error: isError,
      ...content,
      duration_ms: null,
      ...(isInterrupted ? { interrupted: true } : {}),
    }, parent);
    if (event.type !== "tool_result" || event.time_ms === null || call === undefined) return;
    const elapsedMs = event.time_ms - (call.startedMs ?? event.time_ms);
    event.duration_ms = Math.max(0, Math.round(elapsedMs));
  }

  #readResult({ result, isError, answersPrompt }: ResultMessage): void {
    this.#turnInProgress = false;
    if (answersPrompt) this.#hasAnsweredPrompt = true;
    for (const { tool_use_id, name } of result.denials) {
      this.#emitDenial({ type: "permission_denied", tool_use_id, name });
    }
    const apiError = isError ? this.#apiError : undefined;
    this.#apiError = undefined;
    const { session_id, ...rest } = result;
    const body = this.#session.isForkedFrom(session_id) ? rest : result;
    this.#emit(apiError === undefined ? body : { ...body, api_error: apiError });
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
    if (this.#partial) this.#emitOrIgnore(this.#messages.record(event, parent), parent);
    else this.#ignoredCount++;
  }
}

/** Returns whether a message shows that a turn of the main conversation is in progress. */
function startsTurn({ kind, parent }: ClaudeMessage): boolean {
  return kind === "init" || parent === undefined && (kind === "assistant" || kind === "stream");
}

/** Returns the event of a block; undefined if the block is empty. */
function blockEvent(
  block: Exclude<AssistantBlock, ToolResultBlock>,
  position: BlockPosition,
  isSynthetic: boolean,
): EventBody | undefined {
  switch (block.kind) {
    case "text":
    case "thinking": {
      // Newer models can keep their thinking secret, and send it empty.
      if (block.text === "") return undefined;
      const event = { type: block.kind, text: block.text, ...position };
      return block.kind === "text" && isSynthetic ? { ...event, synthetic: true } : event;
    }
    case "redacted_thinking": {
      const text = "a block of thinking is encrypted";
      return { type: "notice", level: "info", kind: "redacted_thinking", text };
    }
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: block.input };
    case "other":
      return { type: "unknown", event: { type: "assistant", block: block.block } };
  }
}

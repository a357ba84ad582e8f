import { routeFields } from "../claude/api_route.ts";
import type { ClaudeFailure } from "../claude/failures.ts";
import type { ClaudeMessage } from "../claude/messages.ts";
import { Normalizer } from "../claude/normalizer.ts";
import type { UsageReader } from "../claude/usage.ts";
import type { EventBody, EventFactory, EventOf, RunEvent } from "../events.ts";
import { isConnectionError } from "../util/event_text.ts";
import type { JsonObject } from "../util/json.ts";
import { Answer, type AnswerScope, turnAnswer } from "./answer.ts";
import { resultFailure } from "./result_failure.ts";
import type { RunState } from "./run_state.ts";
import { lateResultNotice } from "./stop_notices.ts";
import { Turns } from "./turns.ts";

/** Options for {@linkcode LineReader}. */
export interface LineReaderOptions {
  readonly createEvent: EventFactory;
  /** Records the events. */
  readonly state: RunState;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
  /** Whether to report text while it is being generated. @default {true} */
  readonly partial?: boolean | undefined;
  /** The session that a fork starts from. Its id is never reported. */
  readonly forkedFrom?: string | undefined;
  /** Reads what each result used. @default {one of its own} */
  readonly usage?: UsageReader | undefined;
  /** Returns whether a further result comes too late to count. @default never */
  readonly isTooLate?: (() => boolean) | undefined;
}

/**
 * Turns the lines of Claude Code into the events of a run.
 *
 * The normalizer reads what a line states. What only a whole turn shows is added to its result: the
 * answer, and whether it is a success.
 */
export class LineReader {
  readonly normalizer: Normalizer;
  #createEvent: EventFactory;
  #state: RunState;
  #scope: AnswerScope;
  /** The session of the last init message. */
  #sessionId: string | undefined;
  #turns = new Turns();
  #answer: Answer;
  #isTooLate: () => boolean;

  constructor(options: LineReaderOptions) {
    const { createEvent, state, answer = "all", isTooLate = () => false } = options;
    this.#createEvent = createEvent;
    this.#state = state;
    this.#scope = answer;
    this.#answer = new Answer(answer);
    this.#isTooLate = isTooLate;
    this.normalizer = new Normalizer({
      createEvent,
      partial: options.partial,
      forkedFrom: options.forkedFrom,
      usage: options.usage,
      onMessage: (message) => this.#recordMessage(message),
    });
  }

  /** Returns the events of a line, or of a JSON object that was in it. */
  read(line: string | JsonObject): RunEvent[] {
    return this.#record(this.normalizer.read(line));
  }

  /** Returns the events that the lines before have left open. */
  end(): RunEvent[] {
    return this.#record(this.normalizer.end());
  }

  /** Records the events of a line. The notices about its results have higher numbers, and follow them. */
  #record(events: RunEvent[]): RunEvent[] {
    const notices: EventBody<"notice">[] = [];
    const recorded = events.map((event) => this.#recordEvent(event, notices));
    for (const notice of notices) recorded.push(this.#createEvent(notice));
    return recorded;
  }

  #recordEvent(event: RunEvent, notices: EventBody<"notice">[]): RunEvent {
    if (event.type === "result") return this.#readResult(event, notices);
    if (event.parent_tool_use_id === undefined) this.#turns.recordEvent(event);
    const complete = event.type === "retry" ? this.#completeRetry(event) : event;
    this.#state.record(complete);
    return complete;
  }

  /** Adds the address to a retry whose connection failed. */
  #completeRetry(event: EventOf<"retry">): EventOf<"retry"> {
    const { apiRoute } = this.#state;
    if (apiRoute === undefined || !isConnectionError(event)) return event;
    return { ...event, ...routeFields(apiRoute) };
  }

  #recordMessage(message: ClaudeMessage): void {
    // Most lines are pieces of messages, which the complete message repeats.
    if (message.kind === "stream" || message.parent !== undefined) return;
    if (message.kind === "init") this.#separateRuns(message.sessionId);
    this.#turns.recordMessage(message);
  }

  /** Resets the answer and the outcome if a recording contains the run of another session. */
  #separateRuns(sessionId: string | undefined): void {
    if (sessionId === undefined || sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    if (this.#state.hasResult) this.beginNextRun();
  }

  /** Begins another run. From now on, its answer and its outcome count. */
  beginNextRun(): void {
    this.#state.beginNextRun();
    this.#turns = new Turns();
    this.#answer = new Answer(this.#scope);
  }

  #readResult(event: EventOf<"result">, notices: EventBody<"notice">[]): RunEvent {
    if (this.#isTooLate()) return lateResultNotice(event);
    const { evidence, texts } = this.#turns.end(event);
    const isLimitReached = this.#state.rejectedLimit !== undefined;
    const failure = resultFailure({ result: event, turn: evidence, isLimitReached });
    if (failure === undefined) {
      const answer = turnAnswer(texts, event, evidence.commandOutput?.text);
      this.#answer.add(answer, event);
      const isEarlierText = answer.isEarlierText && this.#answer.structuredOutput === undefined;
      if (isEarlierText) notices.push(EARLIER_TEXT_NOTICE);
      if (event.truncated) notices.push(TRUNCATED_RESULT_NOTICE);
    }
    const result = this.#completeResult(event, failure);
    if (failure !== undefined && this.#state.isLateFailure(result)) {
      notices.push(lateFailureNotice(failure));
    }
    this.#state.record(result, failure);
    return result;
  }

  #completeResult(
    event: EventOf<"result">,
    failure: ClaudeFailure | undefined,
  ): EventOf<"result"> {
    const result = { ...event, ok: failure === undefined, answer: this.#answer.text };
    const output = event.structured_output ?? this.#answer.structuredOutput;
    return output === undefined ? result : { ...result, structured_output: output };
  }
}

const EARLIER_TEXT_NOTICE: EventBody<"notice"> = {
  type: "notice",
  level: "warning",
  kind: "answer",
  text: "claude said nothing after its last tool call, so the answer is what it said before",
};

const TRUNCATED_RESULT_NOTICE: EventBody<"notice"> = {
  type: "notice",
  level: "warning",
  kind: "truncated_result",
  text: "the output of claude ends in the middle of its result, " +
    "so the answer is that of the messages, and the cost is unknown",
};

function lateFailureNotice({ message }: ClaudeFailure): EventBody<"notice"> {
  const text = `a turn that a background task started failed, and the result before it stands: ` +
    message;
  return { type: "notice", level: "warning", kind: "late_failure", text };
}

import { Normalizer } from "../claude/normalizer.ts";
import {
  EVENT_TYPES,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
  SCHEMA_ID,
} from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { Answer, type AnswerScope, turnAnswer } from "./answer.ts";
import { addNumbers, type Numbers, UNKNOWN_NUMBERS } from "./numbers.ts";
import { parseEvent } from "./parse_event.ts";
import type { RunState } from "./run_state.ts";
import { Turns } from "./turns.ts";

/** Options for {@linkcode EventLogReader}. */
export interface EventLogReaderOptions {
  readonly createEvent: EventFactory;
  /** Records the events. */
  readonly state: RunState;
  /** Whether there was a `start` event already. */
  readonly hasStarted: boolean;
  /** Whether to keep the events that only `--partial` adds. @default {true} */
  readonly partial?: boolean | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
}

/** The last two events of a run. */
export interface RecordedEnding {
  readonly error: EventOf<"error"> | undefined;
  readonly exit: EventOf<"exit">;
}

/** Types of events that only `--partial` adds. */
const PARTIAL_TYPES: ReadonlySet<string> = new Set(["text_delta", "thinking_delta"]);

/** Types that messages of Claude Code have, too. */
const SHARED_TYPES: ReadonlySet<unknown> = new Set(["error", "result", "tool_progress"]);

/** Types of messages that only Claude Code writes. */
const CLAUDE_TYPES: ReadonlySet<unknown> = new Set(["assistant", "stream_event", "system", "user"]);

/** Returns whether a message is an event of ccrun. A filter may have removed fields. */
export function isCcrunEvent(event: JsonObject): boolean {
  const type = event["type"];
  if (!EVENT_TYPES.some((name) => name === type)) return false;
  // No message of Claude Code has a number and a time.
  const isNumbered = Number.isInteger(event["seq"]) || Object.hasOwn(event, "time_ms");
  return isNumbered || !SHARED_TYPES.has(type) || typeof event["ok"] === "boolean";
}

/** Returns whether a part of a line is a `start` event that {@linkcode EventLogReader} can read. */
export function isStartEvent(part: JsonObject | string): boolean {
  return typeof part !== "string" && parseEvent(part)?.type === "start";
}

/**
 * Reads what `ccrun --json` wrote. The stream may come from a later version, be truncated or filtered, or
 * contain several runs. The ending of the last run counts, and the usage of all is added up.
 */
export class EventLogReader {
  #createEvent: EventFactory;
  #state: RunState;
  #partial: boolean;
  #hasStarted: boolean;
  /** Reads the lines of other programs. */
  #normalizer: Normalizer;
  #error: EventOf<"error"> | undefined;
  #exit: EventOf<"exit"> | undefined;
  /** Whether claude has written a part of the stream. Then it can have written the events, too. */
  isMixed = false;
  /** What the runs before the current one used. */
  #earlier: Numbers | undefined;
  #scope: AnswerScope;
  #turns = new Turns();
  #lastAnswer = new Answer("last");

  constructor(options: EventLogReaderOptions) {
    const { createEvent, state, hasStarted, partial = true, answer = "all" } = options;
    this.#createEvent = createEvent;
    this.#state = state;
    this.#hasStarted = hasStarted;
    this.#partial = partial;
    this.#scope = answer;
    this.#normalizer = new Normalizer({ createEvent });
  }

  /** How the last run ended, once the stream has contained its `exit` event. */
  get ending(): RecordedEnding | undefined {
    return this.#exit && { error: this.#error, exit: this.#exit };
  }

  /** Returns the events of a part of a line, with new numbers and their own times. */
  read(part: JsonObject | string): RunEvent[] {
    return this.#record(typeof part === "string" ? this.#normalizer.read(part) : this.#parse(part));
  }

  /** Returns the events that the lines before have left open. */
  end(): RunEvent[] {
    return this.#record(this.#normalizer.end());
  }

  #record(events: RunEvent[]): RunEvent[] {
    for (const event of events) this.#state.record(event);
    return events;
  }

  #parse(value: JsonObject): RunEvent[] {
    const event = parseEvent(value);
    if (event === undefined) {
      this.isMixed ||= CLAUDE_TYPES.has(value["type"]);
      return [this.#createEvent({ type: "unknown", event: value })];
    }
    if (!this.#partial && PARTIAL_TYPES.has(event.type)) return [];
    return this.#readEvent(event);
  }

  #readEvent(event: RunEvent): RunEvent[] {
    switch (event.type) {
      case "start":
        return [this.#readStart(event)];
      case "error":
        this.#error = event;
        return [];
      case "exit":
        this.#exit = this.#earlier ? { ...event, ...addNumbers(this.#earlier, event) } : event;
        return [];
      case "result":
        return [this.#renumber(this.#scope === "all" ? event : this.#withLastAnswer(event))];
    }
    if (this.#scope === "last" && event.parent_tool_use_id === undefined) {
      this.#turns.recordEvent(event);
    }
    return [this.#renumber(event)];
  }

  /** Returns a result with the answer of the last turn only. */
  #withLastAnswer(result: EventOf<"result">): EventOf<"result"> {
    const { texts } = this.#turns.end(result);
    if (result.ok) this.#lastAnswer.add(turnAnswer(texts, result), result);
    return { ...result, answer: this.#lastAnswer.text };
  }

  #readStart(event: EventOf<"start">): RunEvent {
    const previous = this.#exit;
    this.#error = this.#exit = undefined;
    this.#turns = new Turns();
    this.#lastAnswer = new Answer("last");
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      // The events follow this schema, even if the recorded ones followed a later one.
      return this.#renumber({ ...event, schema: SCHEMA_ID });
    }
    // The sum of the exit before contains the runs before it. A run without an exit was killed.
    this.#earlier = previous ?? UNKNOWN_NUMBERS;
    this.#state.beginNextRun();
    const ended = previous === undefined ? "" : `; the previous one ended with ${previous.reason}`;
    const text = `another run begins${ended}`;
    return this.#createEvent({ type: "notice", level: "info", kind: "next_run", text });
  }

  #renumber(event: RunEvent): RunEvent {
    const { seq: _, time_ms, ...body } = event;
    return { ...this.#createEvent(body as EventBody), time_ms } as RunEvent;
  }
}

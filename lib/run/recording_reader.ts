import { isTranscriptEntry } from "../claude/transcript/entries.ts";
import { createEventFactory, type EventFactory, type RunEvent, startBody } from "../events.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";
import { splitLine } from "../util/json_line.ts";
import type { AnswerScope } from "./answer.ts";
import {
  EventLogReader,
  isCcrunEvent,
  isStartEvent,
  type RecordedEnding,
} from "./event_log_reader.ts";
import { LineReader } from "./line_reader.ts";
import { RunState } from "./run_state.ts";
import { SourceClock } from "./source_clock.ts";
import { TranscriptReader } from "./transcript_reader.ts";

/** How many lines of other programs may precede the first message, and entries the first time. */
const MAX_LINES_IN_OPENING = 100;

/** Options for {@linkcode RecordingReader}. */
export interface RecordingReaderOptions {
  /** Whether to keep text as it was generated. @default {true} */
  readonly partial?: boolean | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
}

/** What a recording consists of: events of ccrun, or a stream or a transcript of Claude Code. */
type RecordingKind = "events" | "stream" | "transcript";

/** Reads the lines of a recording. The first message shows which kind it is. */
export class RecordingReader {
  #clock = new SourceClock();
  /** Creates events with the time of the message that is being read. */
  readonly createEvent: EventFactory = createEventFactory(() => this.#clock.timeMs);
  #partial: boolean | undefined;
  #answer: AnswerScope | undefined;
  /** What precedes the first message, and the message. Of a transcript, what precedes the first time. */
  #opening: (JsonObject | string)[] = [];
  #kind: RecordingKind | undefined;
  #reader: LineReader | EventLogReader | TranscriptReader | undefined;
  /** Whether nothing was read. */
  isEmpty = true;
  /** What the events add up to. */
  readonly state = new RunState();

  constructor({ partial, answer }: RecordingReaderOptions = {}) {
    this.#partial = partial;
    this.#answer = answer;
  }

  /** The recorded ending, if ccrun wrote the recording. */
  get ending(): RecordedEnding | undefined {
    return this.#reader instanceof EventLogReader ? this.#reader.ending : undefined;
  }

  /** The transcript, if it is one. */
  get transcript(): TranscriptReader | undefined {
    return this.#reader instanceof TranscriptReader ? this.#reader : undefined;
  }

  /** Whether messages of Claude Code follow an event of ccrun, which they cannot do. */
  get isMixed(): boolean {
    return this.#reader instanceof EventLogReader && this.#reader.isMixed;
  }

  /**
   * Returns when the recorded run is over, if nothing more is read, in milliseconds since 1970. A turn that
   * is scheduled is waited for.
   *
   * @returns undefined if the run is in progress
   */
  get endsAt(): number | undefined {
    if (this.#reader instanceof TranscriptReader) return this.#reader.isOver ? 0 : undefined;
    if (!(this.#reader instanceof LineReader)) return this.ending && 0;
    const { isIdle, wakesAt = 0 } = this.#reader.normalizer;
    return isIdle ? wakesAt : undefined;
  }

  /**
   * Returns the events of a line, or of a JSON object that was in it. Those of the lines before the first
   * message come with the message.
   */
  read(line: string | JsonObject): Iterable<RunEvent> {
    if (line === "") return [];
    if (typeof line !== "string") return this.#readPart(line);
    const object = parseJsonObject(line);
    return object === undefined ? this.#readParts(line) : this.#readPart(object);
  }

  /** Yields the events of a line that is not one object. There can be many. */
  *#readParts(line: string): Generator<RunEvent> {
    for (const part of splitLine(line)) yield* this.#readPart(part);
  }

  /** Returns the events of the lines that are still unread. */
  end(): RunEvent[] {
    const opening = this.#reader === undefined ? this.#readOpening() : [];
    return [...opening, ...this.#reader?.end() ?? []];
  }

  #readPart(part: JsonObject | string): RunEvent[] {
    if (isAddedToRaw(part)) return [];
    this.isEmpty = false;
    // A transcript becomes messages, each with its own time.
    if (this.transcript === undefined) {
      this.#clock.read(typeof part === "string" ? undefined : part["timestamp"]);
    }
    if (this.#reader !== undefined) return this.#reader.read(part);
    this.#opening.push(part);
    if (typeof part !== "string" && typeof part["type"] === "string") this.#kind ??= kindOf(part);
    const isComplete = this.#kind === "transcript"
      ? this.#clock.startTime !== null
      : this.#kind !== undefined;
    return isComplete || this.#opening.length === MAX_LINES_IN_OPENING ? this.#readOpening() : [];
  }

  /** Reads the opening. Its last part can be the start that ccrun wrote, which then comes first. */
  #readOpening(): RunEvent[] {
    const { createEvent } = this;
    const kind = this.#kind ?? "stream";
    const clock = this.#clock;
    const options = {
      createEvent,
      state: this.state,
      partial: this.#partial,
      answer: this.#answer,
    };
    const last = this.#opening.at(-1);
    const isEventLog = kind === "events";
    const start = isEventLog && last !== undefined && isStartEvent(last) ? last : undefined;
    const reader = this.#reader = isEventLog
      ? new EventLogReader({ ...options, hasStarted: start === undefined })
      : kind === "transcript"
      ? new TranscriptReader({ ...options, clock })
      : new LineReader(options);
    if (start !== undefined) this.#opening.pop();
    const started = start !== undefined
      ? reader.read(start)
      : [createEvent(startBody({ time: clock.startTime, claude: null, cwd: null }))];
    return [...started, ...this.#opening.flatMap((part) => reader.read(part))];
  }
}

function kindOf(message: JsonObject): RecordingKind {
  if (isCcrunEvent(message)) return "events";
  return isTranscriptEntry(message) ? "transcript" : "stream";
}

/** The types of the events that ccrun adds to the raw format. */
const ADDED_TYPES: ReadonlySet<unknown> = new Set(["session_info", "waiting", "error", "exit"]);

/** Returns whether ccrun added a message to the raw format. Other messages are not hidden by its mark. */
function isAddedToRaw(part: JsonObject | string): boolean {
  return typeof part === "object" && part["source"] === "ccrun" && ADDED_TYPES.has(part["type"]);
}

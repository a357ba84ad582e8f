import { type EventFactory, type RunEvent, startBody } from "../events.ts";
import type { AnswerScope } from "./answer.ts";
import { EventLogReader, isCcrunEvent, type RecordedEnding } from "./event_log_reader.ts";
import { LineReader } from "./line_reader.ts";
import { RunState } from "./run_state.ts";

/** ccrun adds lines with this prefix to the raw format. */
const ADDED_LINE_PREFIX = '{"source":"ccrun",';

const START_EVENT_PREFIX = '{"type":"start",';

/** How many lines of other programs may precede the first message. */
const MAX_LINES_BEFORE_MESSAGE = 100;

/** Options for {@linkcode RecordingReader}. */
export interface RecordingReaderOptions {
  readonly createEvent: EventFactory;
  /** Whether to keep text as it was generated. @default {true} */
  readonly partial?: boolean | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
}

/** Reads the lines of a recording that either Claude Code or ccrun wrote. The first message shows which. */
export class RecordingReader {
  #createEvent: EventFactory;
  #partial: boolean | undefined;
  #answer: AnswerScope | undefined;
  /** The lines up to the first message. */
  #opening: string[] = [];
  #reader: LineReader | EventLogReader | undefined;
  /** Whether no line was read. */
  isEmpty = true;
  /** What the events add up to. */
  readonly state = new RunState();

  constructor({ createEvent, partial, answer }: RecordingReaderOptions) {
    this.#createEvent = createEvent;
    this.#partial = partial;
    this.#answer = answer;
  }

  /** The recorded ending, if ccrun wrote the recording. */
  get ending(): RecordedEnding | undefined {
    return this.#reader instanceof EventLogReader ? this.#reader.ending : undefined;
  }

  /** Returns the events of a line. Those of the lines before the first message come with the message. */
  read(line: string): RunEvent[] {
    if (line === "" || line.startsWith(ADDED_LINE_PREFIX)) return [];
    this.isEmpty = false;
    if (this.#reader !== undefined) return this.#reader.read(line);
    this.#opening.push(line);
    const isEvent = isCcrunEvent(line);
    const isDecided = isEvent !== undefined || this.#opening.length === MAX_LINES_BEFORE_MESSAGE;
    return isDecided ? this.#readOpening(isEvent ?? false) : [];
  }

  /** Returns the events of the lines that are still unread. */
  end(): RunEvent[] {
    const opening = this.#reader === undefined ? this.#readOpening(false) : [];
    return this.#reader instanceof LineReader ? [...opening, ...this.#reader.end()] : opening;
  }

  /** Reads the opening. Its last line can be the start that ccrun wrote, which then comes first. */
  #readOpening(isEventLog: boolean): RunEvent[] {
    const createEvent = this.#createEvent;
    const options = { createEvent, state: this.state, partial: this.#partial };
    const hasStart = isEventLog && this.#opening.at(-1)?.startsWith(START_EVENT_PREFIX) === true;
    const reader = this.#reader = isEventLog
      ? new EventLogReader({ ...options, hasStarted: !hasStart })
      : new LineReader({ ...options, answer: this.#answer });
    const start = hasStart
      ? reader.read(this.#opening.pop() ?? "")
      : [createEvent(startBody({ time: null, claude: null, cwd: null }))];
    return [...start, ...this.#opening.flatMap((line) => reader.read(line))];
  }
}

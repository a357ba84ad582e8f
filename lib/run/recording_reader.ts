import { Normalizer } from "../claude/normalizer.ts";
import { type EventFactory, type RunEvent, startBody } from "../events.ts";
import {
  EventLogReader,
  isCcrunEvent,
  isStartEvent,
  type RecordedEnding,
} from "./event_log_reader.ts";
import { RunState } from "./run_state.ts";

/** ccrun adds lines with this prefix to the raw format. */
const ADDED_LINE_PREFIX = '{"source":"ccrun",';

/** How many lines of other programs may precede the first message. */
const MAX_LINES_BEFORE_MESSAGE = 100;

/** Reads the lines of a recording that either Claude Code or ccrun wrote. The first message shows which. */
export class RecordingReader {
  #createEvent: EventFactory;
  #partial: boolean | undefined;
  /** The lines up to the first message. */
  #opening: string[] = [];
  #reader: Normalizer | EventLogReader | undefined;
  /** Whether no line was read. */
  isEmpty = true;
  /** What the events add up to. */
  readonly state = new RunState();

  constructor(createEvent: EventFactory, partial: boolean | undefined) {
    this.#createEvent = createEvent;
    this.#partial = partial;
  }

  /** The recorded ending, if ccrun wrote the recording. */
  get ending(): RecordedEnding | undefined {
    return this.#reader instanceof EventLogReader ? this.#reader.ending : undefined;
  }

  /** Returns the events of a line. Those of the lines before the first message come with the message. */
  read(line: string): RunEvent[] {
    if (line === "" || line.startsWith(ADDED_LINE_PREFIX)) return [];
    this.isEmpty = false;
    if (this.#reader !== undefined) return this.#record(this.#reader.read(line));
    this.#opening.push(line);
    const isEvent = isCcrunEvent(line);
    const isDecided = isEvent !== undefined || this.#opening.length === MAX_LINES_BEFORE_MESSAGE;
    return isDecided ? this.#readOpening(isEvent ?? false) : [];
  }

  /** Returns the events of the lines that are still unread. */
  end(): RunEvent[] {
    return this.#reader === undefined ? this.#readOpening(false) : [];
  }

  /** Reads the opening. Its last line can be the start that ccrun wrote, which then comes first. */
  #readOpening(isEventLog: boolean): RunEvent[] {
    const createEvent = this.#createEvent;
    const partial = this.#partial;
    const hasStart = isEventLog && isStartEvent(this.#opening.at(-1) ?? "");
    const reader = this.#reader = isEventLog
      ? new EventLogReader({ createEvent, partial, hasStarted: !hasStart })
      : new Normalizer({ createEvent, partial });
    const start = hasStart
      ? reader.read(this.#opening.pop() ?? "")
      : [createEvent(startBody({ time: null, claude: null, cwd: null }))];
    return [...start, ...this.#record(this.#opening.flatMap((line) => reader.read(line)))];
  }

  #record(events: RunEvent[]): RunEvent[] {
    for (const event of events) this.state.record(event);
    return events;
  }
}

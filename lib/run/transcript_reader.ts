import { TranscriptConverter } from "../claude/transcript/converter.ts";
import {
  readRecordedTotal,
  type RecordedTotal,
  subtractTotal,
} from "../claude/transcript/recorded_total.ts";
import type { Denial, RunEvent } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { LineReader, type LineReaderOptions } from "./line_reader.ts";
import type { RunState } from "./run_state.ts";
import type { SourceClock } from "./source_clock.ts";

/** Options for {@linkcode TranscriptReader}. */
export interface TranscriptReaderOptions extends LineReaderOptions {
  readonly clock: SourceClock;
}

/** Turns the entries of a transcript into the events that the runs of its session had. */
export class TranscriptReader {
  readonly #converter = new TranscriptConverter();
  readonly #lines: LineReader;
  readonly #state: RunState;
  readonly #clock: SourceClock;
  /** What newer versions have recorded last. */
  #recorded: RecordedTotal | undefined;
  /** How many turns have ended since then. */
  #resultsOfRun = 0;
  /** The calls that were denied since the last result. */
  #denials: Denial[] = [];
  /** Whether the last process of the session has exited, as far as it has recorded that. */
  isOver = false;

  constructor(options: TranscriptReaderOptions) {
    this.#lines = new LineReader(options);
    this.#state = options.state;
    this.#clock = options.clock;
  }

  /** Whether the last turn has ended, as far as a transcript shows it. */
  get isComplete(): boolean {
    return this.#converter.isComplete;
  }

  /** How long all turns took, in milliseconds. */
  get durationMs(): number {
    return this.#converter.durationMs;
  }

  /** Returns the events of an entry, or of a line that is none. */
  read(part: JsonObject | string): RunEvent[] {
    if (typeof part === "string") return this.#lines.read(part);
    const events = this.#readMessages(this.#converter.convert(part));
    this.#resultsOfRun += events.filter(({ type }) => type === "result").length;
    this.#recordCost(part, events);
    this.isOver = part["type"] === "cost-state";
    return events;
  }

  /** Returns the events that the entries before have left open. */
  end(): RunEvent[] {
    const { isComplete } = this.#converter;
    const events = this.#readMessages(this.#converter.end());
    events.push(...this.#lines.end());
    if (!isComplete) this.#state.beginNextRun();
    this.#clock.stop();
    return events;
  }

  #readMessages(messages: readonly JsonObject[]): RunEvent[] {
    const events: RunEvent[] = [];
    for (const message of messages) {
      this.#clock.read(message["timestamp"]);
      // Each prompt is a run of its own: its answer and its outcome count.
      if (message["startsRun"] === true) this.#lines.beginNextRun();
      for (const event of this.#lines.read(message)) {
        this.#recordDenial(event);
        events.push(event);
      }
    }
    return events;
  }

  /** Records a denied call, which the next result lists as in a stream. */
  #recordDenial(event: RunEvent): void {
    if (event.type === "permission_denied") {
      this.#denials.push({ tool_use_id: event.tool_use_id, name: event.name });
    } else if (event.type === "result") {
      event.denials = this.#denials.splice(0);
    }
  }

  /** Records the cost that an entry states, if it does. */
  #recordCost(entry: JsonObject, events: readonly RunEvent[]): void {
    const { numbers } = this.#state;
    const total = readRecordedTotal(entry);
    if (total === undefined) return;
    // A run of several turns does not tell which of them has cost what.
    const result = events.find((event) => event.type === "result");
    if (this.#resultsOfRun === 1 && result !== undefined) {
      Object.assign(result, subtractTotal(total, this.#recorded));
    }
    this.#resultsOfRun = 0;
    this.#recorded = total;
    numbers.recordTotal(total);
  }
}

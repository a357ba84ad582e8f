import type { BatchEvent } from "../../batch/events.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import { LiveRegion } from "../../terminal/live_region.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { type Interval, repeatUnref } from "../pretty/status_row.ts";
import { formatCounts } from "./counts_row.ts";
import { LineFormatter } from "./lines.ts";
import type { BatchRenderer } from "./renderer.ts";
import { RunningTasks } from "./running_tasks.ts";

/** Options for {@linkcode createBatchProgress}. */
export interface BatchProgressOptions {
  /** Returns the time in milliseconds. @default {performance.now} */
  readonly clock?: () => number;
  /**
   * Repaints the running tasks.
   *
   * @default {setInterval, which does not keep the process alive}
   */
  readonly repeat?: Interval;
}

/** The time between two repaints. */
const REPAINT_MS = 250;

/** The rows of a terminal that no running task takes: the counts, and the last line above them. */
const OTHER_ROWS = 2;

/**
 * Creates the renderer of a batch on a terminal that can repaint. Tasks that have ended scroll above a row for
 * each running task and a row with counts.
 */
export function createBatchProgress(
  writer: BufferedWriter,
  terminal: Terminal,
  options: BatchProgressOptions = {},
): BatchRenderer {
  return new Progress(writer, terminal, options);
}

class Progress implements BatchRenderer {
  readonly #writer: BufferedWriter;
  readonly #terminal: Terminal;
  readonly #clock: () => number;
  readonly #repeat: Interval;
  readonly #live: LiveRegion;
  readonly #formatter: LineFormatter;
  readonly #running: RunningTasks;
  #startedAt = 0;
  #stopRepeating: (() => void) | undefined;

  constructor(writer: BufferedWriter, terminal: Terminal, options: BatchProgressOptions) {
    const { clock = () => performance.now(), repeat = repeatUnref } = options;
    this.#writer = writer;
    this.#terminal = terminal;
    this.#clock = clock;
    this.#repeat = repeat;
    this.#live = new LiveRegion(terminal);
    this.#formatter = new LineFormatter({
      styles: terminal.styles,
      columns: () => this.#columns,
      clock,
    });
    this.#running = new RunningTasks(clock);
  }

  event(event: BatchEvent): void {
    this.#running.record(event);
    const lines = this.#formatter.format(event).flatMap(({ lines }) => lines);
    if (event.type === "batch_start") this.#start();
    if (event.type === "batch_end") this.#stop();
    if (lines.length > 0) this.#print(lines);
  }

  printMessage(text: string): void {
    this.#print([this.#formatter.message(text)]);
  }

  close(): void {
    if (this.#stopRepeating === undefined) return;
    this.#stop();
    this.#print([]);
  }

  #start(): void {
    this.#startedAt = this.#clock();
    this.#stopRepeating = this.#repeat(() => {
      // A terminal that is slower than the repainting is not repainted.
      if (this.#writer.pending === 0) this.#print([]);
    }, REPAINT_MS);
  }

  #stop(): void {
    this.#stopRepeating?.();
    this.#stopRepeating = undefined;
  }

  #print(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#writer.write(this.#live.update(text, this.#liveRows()));
  }

  #liveRows(): string[] {
    if (this.#stopRepeating === undefined) return [];
    const { styles } = this.#terminal;
    const { totals } = this.#formatter;
    const elapsedMs = this.#clock() - this.#startedAt;
    const state = { totals, running: this.#running, elapsedMs };
    const counts = formatCounts(state, this.#columns, styles);
    const maxRows = this.#terminal.rows() - OTHER_ROWS;
    return [...this.#running.format(this.#columns, maxRows, styles), counts];
  }

  /** The columns of a row. The last one stays free, so that no terminal breaks a full row. */
  get #columns(): number {
    return (this.#terminal.columns() ?? Infinity) - 1;
  }
}

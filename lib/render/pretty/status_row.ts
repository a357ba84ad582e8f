import type { RunEvent } from "../../events.ts";
import type { Styles } from "../../terminal/styles.ts";
import { displayWidth } from "../../terminal/width.ts";
import type { EventAge } from "../../util/event_age.ts";
import { formatClock } from "../../util/units.ts";
import type { ToolCalls } from "../tool_calls.ts";
import { Activity, type Status } from "./activity.ts";
import { formatStatus } from "./format_status.ts";

/** Calls a function repeatedly and returns a function that stops this. */
export type Interval = (callback: () => void, ms: number) => () => void;

/** Options for {@linkcode StatusRow}. */
export interface StatusRowOptions {
  calls: ToolCalls;
  styles: Styles;
  /** Returns the time in milliseconds. */
  clock: () => number;
  /** @default {0} */
  ageOf?: EventAge | undefined;
  /** @default {setInterval, which does not keep the process alive} */
  repeat?: Interval | undefined;
}

/** The time between two frames of the spinner. */
const REPAINT_MS = 100;

const SPINNER_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** The last row of a terminal, which shows the current activity behind a spinner. */
export class StatusRow {
  readonly #activity: Activity;
  readonly #styles: Styles;
  readonly #repeat: Interval;
  #frame = 0;
  #stopRepeating: (() => void) | undefined;

  /** Creates a row that is not shown. */
  constructor({ calls, styles, clock, ageOf, repeat = repeatUnref }: StatusRowOptions) {
    this.#activity = new Activity(calls, clock, ageOf);
    this.#styles = styles;
    this.#repeat = repeat;
  }

  /** Records an event. */
  record(event: RunEvent): void {
    this.#activity.record(event);
  }

  /** Shows the row, and calls `repaint` for each frame of the spinner. */
  start(repaint: () => void): void {
    this.#stopRepeating ??= this.#repeat(() => {
      this.#frame++;
      repaint();
    }, REPAINT_MS);
  }

  /** Hides the row. */
  stop(): void {
    this.#stopRepeating?.();
    this.#stopRepeating = undefined;
  }

  /** Returns the row in at most `columns`; undefined while it is hidden or text is streamed. */
  format(columns: number): string | undefined {
    if (this.#stopRepeating === undefined) return undefined;
    const status = this.#activity.status();
    return status === undefined ? undefined : this.#formatStatus(status, columns);
  }

  #formatStatus(status: Status, columns: number): string {
    const { cyan, dim } = this.#styles;
    const spinner = SPINNER_FRAMES[this.#frame % SPINNER_FRAMES.length] ?? "";
    const clock = ` ${formatClock(status.elapsedMs)}  `;
    const available = columns - displayWidth(spinner + clock);
    return cyan(spinner) + dim(clock) + formatStatus(status, available, this.#styles);
  }
}

/** Calls a function repeatedly, but does not keep the process alive. */
export function repeatUnref(callback: () => void, ms: number): () => void {
  const timer = setInterval(callback, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

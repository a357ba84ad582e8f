import type { RunEvent } from "../../events.ts";
import type { Styles } from "../../terminal/styles.ts";
import type { ToolCalls } from "../tool_calls.ts";
import { Activity } from "./activity.ts";
import { statusLine } from "./status_line.ts";

/** Calls a function repeatedly and returns a function that ends this. */
export type Interval = (callback: () => void, ms: number) => () => void;

/** Options for {@linkcode StatusRow}. */
export interface StatusRowOptions {
  calls: ToolCalls;
  styles: Styles;
  /** Returns the time in milliseconds. */
  clock: () => number;
  /** @default {setInterval, which does not keep the process alive} */
  repeat?: Interval | undefined;
}

/** The time between two frames of the spinner. */
const REPAINT_MS = 100;

/** The last row of a terminal, which shows the current activity behind a spinner. */
export class StatusRow {
  readonly #activity: Activity;
  readonly #styles: Styles;
  readonly #repeat: Interval;
  #frame = 0;
  #stopRepeating: (() => void) | undefined;

  /** Creates a row that is not shown. */
  constructor({ calls, styles, clock, repeat = repeatUnref }: StatusRowOptions) {
    this.#activity = new Activity(calls, clock);
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

  /** Returns the row; undefined while it is not shown or text is streamed. */
  format(columns: number): string | undefined {
    if (this.#stopRepeating === undefined) return undefined;
    const status = this.#activity.status();
    if (status === undefined) return undefined;
    return statusLine({ ...status, frame: this.#frame }, columns, this.#styles);
  }
}

function repeatUnref(callback: () => void, ms: number): () => void {
  const timer = setInterval(callback, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

import { EXIT_CODES } from "../exit_codes.ts";
import { type StopReason, stopReasonOf } from "../run/stop_reason.ts";
import { createPausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";
import type { SignalHandler } from "./signals.ts";

/** How long a stopped command can take to write its last output, if the reader does not read it. */
const FINAL_OUTPUT_MS = 3000;

/** Options for {@linkcode ForcedExitTimer}. */
export interface ForcedExitOptions {
  readonly signals: Pick<SignalHandler, "abortSignal" | "exitNow">;
  /** How long a stopped command can take to stop what it started. */
  readonly graceMs: number;
  /** How long it can then take to write its last output. @default {3000} */
  readonly finalOutputMs?: number;
}

/** Exits if a command does not end after it was stopped. Aborting `signals` arms the timer. */
export class ForcedExitTimer implements Disposable {
  readonly #options: ForcedExitOptions;
  readonly #clock = createPausableClock();
  #reason: StopReason | undefined;
  #deadline: Deadline | undefined;

  constructor(options: ForcedExitOptions) {
    this.#options = options;
    const { abortSignal } = options.signals;
    if (abortSignal.aborted) this.#onAbort();
    else abortSignal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Starts the timer, because the command was stopped. The first reason determines the exit code. */
  readonly arm = (reason: StopReason): void => {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#exitAfter(this.#options.graceMs);
  };

  /** Ends the grace period, because the command was killed. */
  endGracePeriod(): void {
    this.#exitAfter(0);
  }

  /** Pauses the timer while the run is suspended. */
  pause(): void {
    this.#clock.pause();
  }

  /** Resumes the timer. */
  resume(): void {
    this.#clock.resume();
  }

  [Symbol.dispose](): void {
    this.#options.signals.abortSignal.removeEventListener("abort", this.#onAbort);
    this.#deadline?.clear();
  }

  readonly #onAbort = (): void => this.arm(stopReasonOf(this.#options.signals.abortSignal));

  #exitAfter(graceMs: number): void {
    const { signals, finalOutputMs = FINAL_OUTPUT_MS } = this.#options;
    this.#deadline?.clear();
    this.#deadline = createDeadline({
      ms: graceMs + finalOutputMs,
      clock: this.#clock,
      onReached: () => signals.exitNow(EXIT_CODES[this.#reason?.failure.kind ?? "interrupt"]),
    });
  }
}

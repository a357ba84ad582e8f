import { delay } from "@std/async/delay";
import { CcrunError } from "../errors.ts";
import {
  type EndingSignal,
  EXIT_CODES,
  type FailureReason,
  SIGNAL_REASONS,
} from "../exit_codes.ts";
import type { InheritedState } from "../process/inherited_state.ts";
import { canBeContinued } from "../process/job_control.ts";
import type { StopReason } from "../run/stop_reason.ts";
import { createPausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";
import { runExitHandlers } from "../util/exit_handlers.ts";

/** The failure if a signal stops ccrun before a run reports it. */
export class SignalError extends CcrunError {
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(SIGNAL_REASONS[signal], `stopped by ${signal}`);
    this.signal = signal;
  }
}

/** What signals do to a run. */
export interface RunControl {
  /** Stops the run. Called for the first signal if something else has stopped the run before. */
  stop(reason: StopReason): void;
  /** Kills the run. Called for the second signal. */
  kill(): void;
  /** Suspends the run. Called for Ctrl-Z. */
  suspend(): Promise<void>;
  /** Resumes the run. Called when ccrun itself has been resumed, for example by `fg`. */
  resume(): Promise<void>;
}

/** How long the suspension of ccrun itself can take after it was requested. */
const SUSPEND_DELAY_MS = 20;

/** How long ccrun can take to die of SIGINT, which is longer on a loaded machine. */
const DEATH_DELAY_MS = 2000;

/**
 * Handles the signals that end a command, and Ctrl-Z. The first ending signal stops the command,
 * the second kills what it started, and the third exits at once. Signals that ccrun was started to
 * ignore stay ignored.
 */
export class SignalHandler {
  readonly #inherited: InheritedState;
  readonly #abort = new AbortController();
  readonly #removeListeners: (() => void)[] = [];
  #control: RunControl | undefined;
  #firstSignal: EndingSignal | undefined;
  #signalCount = 0;
  #isSuspending = false;
  #isFinished = false;

  constructor(inherited: InheritedState) {
    this.#inherited = inherited;
    for (const signal of Object.keys(SIGNAL_REASONS) as EndingSignal[]) {
      this.#listen(signal, () => this.#receive(signal));
    }
    this.#listen("SIGTSTP", this.#suspend);
  }

  /** Aborted by the first ending signal or by {@linkcode stop}. Its reason is a `StopReason`. */
  get abortSignal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Stops the command for another reason than a signal. */
  readonly stop = (reason: StopReason): void => {
    if (!this.abortSignal.aborted) this.#abort.abort(reason);
  };

  /** Sets what further signals do. */
  setHandlers(control: RunControl): void {
    this.#control = control;
  }

  /** Waits for `work`, or until the command is stopped. @throws {CcrunError} the stop reason */
  async raceWithStop<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // It may reject after the race.
    return await Promise.race([work, rejectOnAbort(this.abortSignal)]);
  }

  /** Exits at once. */
  exitNow(code: number): void {
    this.finish(code).then(Deno.exit);
  }

  /** Ignores further signals, and returns the exit code or dies of SIGINT. */
  async finish(code: number): Promise<number> {
    this.#isFinished = true;
    if (code !== EXIT_CODES.interrupt || !this.#canDieOfInterrupt()) return code;
    this.#removeListeners.forEach((remove) => remove());
    runExitHandlers();
    Deno.kill(Deno.pid, "SIGINT");
    await delay(DEATH_DELAY_MS);
    return code;
  }

  /**
   * Returns whether to die of SIGINT: at a terminal, Ctrl-C ends the loop of a shell only if the
   * program in it died of the signal. The first process of a container cannot.
   */
  #canDieOfInterrupt(): boolean {
    return this.#inherited.hasTerminal && Deno.pid !== 1;
  }

  #listen(signal: Deno.Signal, listener: () => void): void {
    try {
      if (this.#inherited.ignored.has(signal)) {
        // Deno resets some ignored signals to their default, which would end ccrun.
        return Deno.addSignalListener(signal, () => {});
      }
      Deno.addSignalListener(signal, listener);
      this.#removeListeners.push(() => Deno.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of the signals.
    }
  }

  #receive(signal: EndingSignal): void {
    if (this.#isFinished) return;
    this.#firstSignal ??= signal;
    this.#signalCount++;
    const reason = { signal, failure: new SignalError(signal) };
    if (this.#signalCount === 1) {
      if (this.abortSignal.aborted) this.#control?.stop(reason);
      else this.stop(reason);
    } else if (this.#signalCount === 2 && this.#control !== undefined) {
      this.#control.kill();
    } else {
      this.exitNow(EXIT_CODES[SIGNAL_REASONS[this.#firstSignal]]);
    }
  }

  readonly #suspend = async (): Promise<void> => {
    // A key that is held down sends the signal repeatedly.
    if (this.#isSuspending || this.#isFinished) return;
    this.#isSuspending = true;
    if (await canBeContinued()) {
      await this.#control?.suspend();
      Deno.removeSignalListener("SIGTSTP", this.#suspend);
      Deno.kill(Deno.pid, "SIGTSTP");
      // ccrun is suspended during this delay, and resumed at its end.
      await delay(SUSPEND_DELAY_MS);
      if (!this.#isFinished) Deno.addSignalListener("SIGTSTP", this.#suspend);
      await this.#control?.resume();
    }
    this.#isSuspending = false;
  };
}

/** Rejects with the stop reason when `signal` is aborted. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => {
      const { failure } = signal.reason as StopReason;
      const { kind, message, hint } = failure;
      reject(failure instanceof CcrunError ? failure : new CcrunError(kind, message, hint));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** How long a stopped run can take to write its last output, if the reader does not read it. */
const FINAL_OUTPUT_MS = 3000;

/** Exits if a stopped command does not. */
export interface ForcedExitTimer {
  /** Starts the timer, because the run was stopped. */
  readonly arm: (reason: StopReason) => void;
  /** Ends the grace period, because the run was killed. */
  expireNow(): void;
  /** Pauses the timer while the run is suspended. */
  pause(): void;
  /** Resumes the timer. */
  resume(): void;
  /** Stops the timer. */
  clear(): void;
}

/**
 * Creates a timer that exits if a command does not end after it was stopped. The first signal arms
 * it, too.
 *
 * @param graceMs How long the command can take to stop what it started.
 * @param finalOutputMs How long it can then take to write its last output.
 */
export function createForcedExitTimer(
  signals: Pick<SignalHandler, "abortSignal" | "exitNow">,
  graceMs: number,
  finalOutputMs = FINAL_OUTPUT_MS,
): ForcedExitTimer {
  const { abortSignal } = signals;
  const clock = createPausableClock();
  const deadlines: Deadline[] = [];
  let kind: FailureReason = "interrupt";
  const exitAfter = (ms: number) => {
    const onReached = () => signals.exitNow(EXIT_CODES[kind]);
    deadlines.push(createDeadline({ ms: ms + finalOutputMs, clock, onReached }));
  };
  const arm = (reason: StopReason) => {
    kind = reason.failure.kind;
    exitAfter(graceMs);
  };
  const onAbort = () => arm(abortSignal.reason as StopReason);
  if (abortSignal.aborted) onAbort();
  else abortSignal.addEventListener("abort", onAbort, { once: true });
  return {
    arm,
    expireNow: () => exitAfter(0),
    pause: () => clock.pause(),
    resume: () => clock.resume(),
    clear() {
      abortSignal.removeEventListener("abort", onAbort);
      for (const deadline of deadlines) deadline.clear();
    },
  };
}

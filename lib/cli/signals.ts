import { delay } from "@std/async/delay";
import { CcrunError } from "../errors.ts";
import { EXIT_CODES, SIGNAL_REASONS, type StopSignal } from "../exit_codes.ts";
import type { InheritedState } from "../process/inherited_state.ts";
import { canBeResumed } from "../process/job_control.ts";
import { type StopReason, stopReasonOf } from "../run/stop_reason.ts";
import { runExitHandlers } from "../util/exit_handlers.ts";

/** The failure if a signal stops ccrun before a run reports it. */
export class SignalError extends CcrunError {
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(SIGNAL_REASONS[signal], `stopped by ${signal}`);
    this.signal = signal;
  }
}

/** The functions of Deno that {@linkcode SignalHandler} uses. */
export type SignalSystem = Pick<
  typeof Deno,
  "addSignalListener" | "removeSignalListener" | "kill" | "exit" | "pid"
>;

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
  readonly #system: SignalSystem;
  readonly #isCopy: (signal: StopSignal) => boolean;
  readonly #abort = new AbortController();
  readonly #removeListeners: (() => void)[] = [];
  readonly #received: StopSignal[] = [];
  #run: RunControl | undefined;
  #isSuspending = false;
  #isFinished = false;

  /**
   * Creates a handler, which listens from now on.
   *
   * @param system replaces Deno in tests
   * @param isCopy returns whether a signal does not count
   */
  constructor(
    inherited: InheritedState,
    system: SignalSystem = Deno,
    isCopy: (signal: StopSignal) => boolean = () => false,
  ) {
    this.#inherited = inherited;
    this.#system = system;
    this.#isCopy = isCopy;
    for (const signal of Object.keys(SIGNAL_REASONS) as StopSignal[]) {
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

  /** Sets the run that further signals control. */
  setRun(run: RunControl): void {
    this.#run = run;
  }

  /** Waits for `work`, or until the command is stopped. @throws {CcrunError} the stop reason */
  async raceWithStop<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // It may reject after the race.
    return await Promise.race([work, rejectOnAbort(this.abortSignal)]);
  }

  /** Exits at once. */
  exitNow(code: number): void {
    this.finish(code).then((code) => this.#system.exit(code));
  }

  /** Ignores further signals, and returns the exit code or dies of SIGINT. */
  async finish(code: number): Promise<number> {
    this.#isFinished = true;
    if (code !== EXIT_CODES.interrupt || !this.#canDieOfInterrupt()) return code;
    this.#removeListeners.forEach((remove) => remove());
    runExitHandlers();
    this.#system.kill(this.#system.pid, "SIGINT");
    await delay(DEATH_DELAY_MS);
    return code;
  }

  /**
   * Returns whether to die of SIGINT: at a terminal, Ctrl-C ends the loop of a shell only if the
   * program in it died of the signal. The first process of a container cannot.
   */
  #canDieOfInterrupt(): boolean {
    return this.#inherited.hasTerminal && this.#system.pid !== 1;
  }

  #listen(signal: Deno.Signal, listener: () => void): void {
    try {
      if (this.#inherited.ignored.has(signal)) {
        // Deno resets some ignored signals to their default, which would end ccrun.
        return this.#system.addSignalListener(signal, () => {});
      }
      this.#system.addSignalListener(signal, listener);
      this.#removeListeners.push(() => this.#system.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of the signals.
    }
  }

  #receive(signal: StopSignal): void {
    if (this.#isFinished || this.#isCopy(signal)) return;
    this.#received.push(signal);
    const [first = signal] = this.#received;
    if (this.#received.length === 1) {
      this.#stopRun({ signal, failure: new SignalError(signal) });
    } else if (this.#received.length === 2 && this.#run !== undefined) {
      this.#run.kill();
    } else {
      this.exitNow(EXIT_CODES[SIGNAL_REASONS[first]]);
    }
  }

  #stopRun(reason: StopReason): void {
    if (this.abortSignal.aborted) this.#run?.stop(reason);
    else this.stop(reason);
  }

  readonly #suspend = async (): Promise<void> => {
    // A key that is held down sends the signal repeatedly.
    if (this.#isSuspending || this.#isFinished) return;
    this.#isSuspending = true;
    if (await canBeResumed()) {
      await this.#run?.suspend();
      this.#system.removeSignalListener("SIGTSTP", this.#suspend);
      this.#system.kill(this.#system.pid, "SIGTSTP");
      // ccrun is suspended during this delay, and resumed at its end.
      await delay(SUSPEND_DELAY_MS);
      if (!this.#isFinished) this.#system.addSignalListener("SIGTSTP", this.#suspend);
      await this.#run?.resume();
    }
    this.#isSuspending = false;
  };
}

/** Rejects with the stop reason when `signal` is aborted. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => {
      const { failure } = stopReasonOf(signal);
      const { kind, message, hint } = failure;
      reject(failure instanceof CcrunError ? failure : new CcrunError(kind, message, hint));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

import { runExitHandlers } from "../util/exit_handlers.ts";
import { CcrunError } from "../errors.ts";
import { type EndingSignal, EXIT_CODES, SIGNAL_REASONS } from "../exit_codes.ts";
import type { StopReason } from "../run/stop_reason.ts";
import type { InheritedState } from "../process/inherited_state.ts";
import { canBeContinued } from "../process/job_control.ts";

/** A signal came before there was a run that could have told of it. */
export class SignalError extends CcrunError {
  /** The signal. */
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(SIGNAL_REASONS[signal], `stopped by ${signal}`);
    this.signal = signal;
  }
}

/** What a run does about signals, once there is one. */
export interface SignalHandlers {
  /** An ending signal, where something else has stopped the run before. */
  stop(cause: StopReason): void;
  /** A second ending signal: nothing is to be waited for any more. */
  kill(): void;
  /** Ctrl-Z: what has been started stands still until {@linkcode unpause}. */
  pause(): Promise<void>;
  /** `fg`: it goes on. */
  unpause(): Promise<void>;
}

/** The signals that a command listens to. */
export interface Signals {
  /** Is aborted by the first ending signal, or by {@linkcode pause}; its reason is a `StopReason`. */
  readonly abortSignal: AbortSignal;
  /** Stops for another reason than a signal. */
  stop(cause: StopReason): void;
  /** Says what is done about further signals. */
  setHandlers(actions: SignalHandlers): void;
  /** Waits for something, but not longer than until it is to stop. @throws {CcrunError} the cause */
  raceWithStop<T>(work: Promise<T>): Promise<T>;
  /** Ends the program at once, in the way that suits its exit code. */
  exitNow(code: number): void;
  /** The exit code is decided, no signal changes it any more. Gives it, or dies of Ctrl-C. */
  finish(code: number): Promise<number>;
}

/** How long a stop can take to act on the program itself after it has asked for it, in milliseconds. */
const STANDSTILL_MS = 20;

/** The same for its death, which takes a moment that is longer on a loaded machine. */
const DEATH_MS = 2000;

/**
 * Listens to the signals that end a run, instead of dying of them, and to Ctrl-Z. The first ending
 * signal stops, the second one kills, a third one ends the program at once. What the program was
 * started to ignore, it goes on ignoring.
 */
export function listenToSignals(inherited: InheritedState): Signals {
  const { ignored } = inherited;
  const abort = new AbortController();
  let actions: SignalHandlers | undefined;
  let count = 0;
  let decisive: EndingSignal | undefined;
  let isSuspending = false;
  let isDecided = false;
  const removers: (() => void)[] = [];
  const listen = (signal: Deno.Signal, listener: () => void) => {
    try {
      // Deno takes up some signals by itself, and ends by them, also where they were ignored before:
      // whoever is to ignore them has to listen.
      if (ignored.has(signal)) return Deno.addSignalListener(signal, () => {});
      Deno.addSignalListener(signal, listener);
      removers.push(() => Deno.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of them.
    }
  };
  const stop = (cause: StopReason) => {
    if (!abort.signal.aborted) abort.abort(cause);
  };
  for (const signal of Object.keys(SIGNAL_REASONS) as EndingSignal[]) {
    listen(signal, () => {
      if (isDecided) return;
      decisive ??= signal;
      count++;
      const cause = { signal, failure: new SignalError(signal) };
      if (count === 1 && abort.signal.aborted) actions?.stop(cause);
      else if (count === 1) stop(cause);
      else if (count === 2 && actions !== undefined) actions.kill();
      // Whoever says it three times does not even want to know how it ended.
      else end(EXIT_CODES[SIGNAL_REASONS[decisive]]);
    });
  }
  const suspend = async () => {
    // A key that is held down says it more than once, and `fg` is said once.
    if (isSuspending || isDecided) return;
    isSuspending = true;
    if (await canBeContinued()) {
      await actions?.pause();
      Deno.removeSignalListener("SIGTSTP", suspend);
      Deno.kill(Deno.pid, "SIGTSTP");
      // Here it stands, until it is told to go on.
      await new Promise((resolve) => setTimeout(resolve, STANDSTILL_MS));
      if (!isDecided) Deno.addSignalListener("SIGTSTP", suspend);
      await actions?.unpause();
    }
    isSuspending = false;
  };
  listen("SIGTSTP", suspend);
  const decided = async (code: number) => {
    // Who is not listened to would kill the program in its last moment, and replace the code that it has told.
    isDecided = true;
    if (!diesOfIt(code, inherited)) return code;
    removers.forEach((remove) => remove());
    runExitHandlers();
    Deno.kill(Deno.pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, DEATH_MS));
    return code;
  };
  const end = (code: number) => void decided(code).then(Deno.exit);
  return {
    abortSignal: abort.signal,
    stop,
    setHandlers(given) {
      actions = given;
    },
    async raceWithStop(work) {
      work.catch(() => {}); // nobody may be waiting for it any more
      return await Promise.race([work, stopped(abort.signal)]);
    },
    exitNow: end,
    finish: decided,
  };
}

/** Rejects when the signal is aborted, with its cause. */
function stopped(signal: AbortSignal): Promise<never> {
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

/**
 * Whether the program is to die of SIGINT: after a Ctrl-C at a terminal a shell's loop ends only with a
 * program that has died of it. The first process of a container cannot.
 */
function diesOfIt(code: number, { hasTerminal }: InheritedState): boolean {
  return code === EXIT_CODES.interrupt && hasTerminal && Deno.pid !== 1;
}

import { takeEndActions } from "../at_end.ts";
import {
  CcrunError,
  type EndingSignal,
  EXIT_CODES,
  SIGNAL_REASONS,
  type StopCause,
} from "../outcome.ts";
import type { Inherited } from "../process/inherited.ts";

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
export interface SignalActions {
  /** A second ending signal: nothing is to be waited for any more. */
  kill(): void;
  /** Ctrl-Z: what has been started stands still until {@linkcode unpause}. */
  pause(): Promise<void>;
  /** `fg`: it goes on. */
  unpause(): Promise<void>;
}

/** The signals that a command listens to. */
export interface Signals {
  /** Is aborted by the first ending signal, or by {@linkcode stop}; its reason is a `StopCause`. */
  readonly first: AbortSignal;
  /** Stops for another reason than a signal. */
  stop(cause: StopCause): void;
  /** Says what is done about further signals. */
  act(actions: SignalActions): void;
  /** Waits for something, but not longer than until it is to stop. @throws {CcrunError} the cause */
  unlessStopped<T>(work: Promise<T>): Promise<T>;
  /** Stops listening. */
  close(): void;
}

/**
 * How long a stop can take to act on the program itself after it has asked for that with a signal,
 * in milliseconds.
 */
const STANDSTILL_MS = 20;

/**
 * Listens to the signals that end a run, instead of dying of them, and to Ctrl-Z. The first ending
 * signal stops, the second one kills, a third one ends the program at once. What the program was
 * started to ignore, it goes on ignoring: to listen would undo that.
 */
export function listenToSignals({ ignored }: Inherited): Signals {
  const abort = new AbortController();
  let actions: SignalActions | undefined;
  let count = 0;
  let isClosed = false;
  const removers: (() => void)[] = [];
  const listen = (signal: Deno.Signal, listener: () => void) => {
    if (ignored.has(signal)) return;
    try {
      Deno.addSignalListener(signal, listener);
      removers.push(() => Deno.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of them.
    }
  };
  const stop = (cause: StopCause) => {
    if (!abort.signal.aborted) abort.abort(cause);
  };
  for (const signal of Object.keys(SIGNAL_REASONS) as EndingSignal[]) {
    listen(signal, () => {
      count++;
      if (count === 1) stop({ signal, failure: new SignalError(signal) });
      else if (count === 2 && actions !== undefined) actions.kill();
      // Whoever says it three times does not even want to know how it ended.
      else Deno.exit(EXIT_CODES[SIGNAL_REASONS[signal]]);
    });
  }
  const suspend = async () => {
    await actions?.pause();
    Deno.removeSignalListener("SIGTSTP", suspend);
    Deno.kill(Deno.pid, "SIGTSTP");
    // Here it stands, until it is told to go on; or not at all, where nobody could tell it.
    await new Promise((resolve) => setTimeout(resolve, STANDSTILL_MS));
    if (!isClosed) Deno.addSignalListener("SIGTSTP", suspend);
    await actions?.unpause();
  };
  listen("SIGTSTP", suspend);
  return {
    first: abort.signal,
    stop,
    act(given) {
      actions = given;
    },
    async unlessStopped(work) {
      work.catch(() => {}); // nobody may be waiting for it any more
      return await Promise.race([work, stopped(abort.signal)]);
    },
    close() {
      isClosed = true;
      removers.forEach((remove) => remove());
    },
  };
}

/** Rejects when the signal is aborted, with its cause. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => {
      const { failure } = signal.reason as StopCause;
      const { kind, message, hint } = failure;
      reject(failure instanceof CcrunError ? failure : new CcrunError(kind, message, hint));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Has the program die of a signal, so that a shell's loop ends with it: after a mere exit code
 * it would go on. To be called when there is nothing left to do, and nobody listens any more.
 */
export async function dieOf(signal: EndingSignal): Promise<never> {
  takeEndActions();
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, STANDSTILL_MS));
  Deno.exit(EXIT_CODES[SIGNAL_REASONS[signal]]);
}

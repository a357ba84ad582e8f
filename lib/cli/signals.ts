import { type EndingSignal, SIGNAL_REASONS } from "../outcome.ts";
import type { StopCause } from "../run.ts";

/** The failure that a signal makes. */
function causeOf(signal: EndingSignal): StopCause {
  return { signal, failure: { kind: SIGNAL_REASONS[signal], message: `stopped by ${signal}` } };
}

/**
 * Calls `onSignal` for each signal that ends a run, instead of dying of it.
 *
 * @returns stops listening
 */
export function onEndingSignals(onSignal: (cause: StopCause) => void): () => void {
  const removers: (() => void)[] = [];
  for (const signal of Object.keys(SIGNAL_REASONS) as EndingSignal[]) {
    const listener = () => onSignal(causeOf(signal));
    try {
      Deno.addSignalListener(signal, listener);
      removers.push(() => Deno.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of them.
    }
  }
  return () => removers.forEach((remove) => remove());
}

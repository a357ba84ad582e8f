import { type EndingSignal, EXIT_CODES, SIGNAL_REASONS, type StopCause } from "../outcome.ts";

/** The failure that a signal makes. */
function causeOf(signal: EndingSignal): StopCause {
  return { signal, failure: { kind: SIGNAL_REASONS[signal], message: `stopped by ${signal}` } };
}

/**
 * Calls `onSignal` for the first signal that ends a run, instead of dying of it. A second
 * one ends the program at once.
 *
 * @returns stops listening
 */
export function onEndingSignals(onSignal: (cause: StopCause) => void): () => void {
  let hasCome = false;
  const removers: (() => void)[] = [];
  for (const signal of Object.keys(SIGNAL_REASONS) as EndingSignal[]) {
    const listener = () => {
      // Whoever says it twice does not want to wait for what is being ended in good order.
      if (hasCome) Deno.exit(EXIT_CODES[SIGNAL_REASONS[signal]]);
      hasCome = true;
      onSignal(causeOf(signal));
    };
    try {
      Deno.addSignalListener(signal, listener);
      removers.push(() => Deno.removeSignalListener(signal, listener));
    } catch {
      // Windows lacks some of them.
    }
  }
  return () => removers.forEach((remove) => remove());
}

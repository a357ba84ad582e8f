/**
 * Signals that the tests inherit as ignored.
 *
 * @module
 */

const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/**
 * Makes this process stop ignoring signals, so that the programs that it starts do not inherit that.
 * `nohup`, the `&` of a script and some CI systems start the tests with ignored signals.
 */
export function stopIgnoringSignals(): void {
  const listener = () => {};
  for (const signal of SIGNALS) {
    Deno.addSignalListener(signal, listener);
    // The default remains, not the state before.
    Deno.removeSignalListener(signal, listener);
  }
}

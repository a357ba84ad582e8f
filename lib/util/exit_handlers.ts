const handlers = new Set<() => void>();
let isListening = false;

/** Runs all handlers now, before an exit that the program cannot observe, such as a signal. */
export function runExitHandlers(): void {
  for (const handler of handlers) {
    try {
      handler();
    } catch {
      // The program is exiting, and the other handlers must still run.
    }
  }
}

/** Listens for every exit that a program can observe: its end, `Deno.exit` and uncaught errors. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  globalThis.addEventListener("unload", runExitHandlers);
  for (const type of ["error", "unhandledrejection"]) {
    // After these the program exits without an unload event, unless the default is prevented.
    globalThis.addEventListener(type, (event) => {
      if (!event.defaultPrevented) runExitHandlers();
    });
  }
}

/**
 * Registers a handler that runs when the program exits.
 *
 * @param handler must be synchronous, and may run more than once
 * @returns a function that removes the handler
 *
 * @example
 * ```ts
 * import { onExit } from "./exit_handlers.ts";
 *
 * const file = await Deno.makeTempFile();
 * const removeHandler = onExit(() => Deno.removeSync(file));
 * // ... use the file ...
 * removeHandler();
 * await Deno.remove(file);
 * ```
 */
export function onExit(handler: () => void): () => void {
  listen();
  handlers.add(handler);
  return () => void handlers.delete(handler);
}

const actions = new Set<() => void>();
let isWatching = false;

/** Takes all actions now: before an end that the program cannot see, as by a signal. */
export function runExitHandlers(): void {
  for (const action of actions) {
    try {
      action();
    } catch {
      // The program is ending: nobody can be told, and the other actions matter as much.
    }
  }
}

/** Watches for every end that a program can see: its last line, `Deno.exit`, an error that nobody caught. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  globalThis.addEventListener("unload", runExitHandlers);
  for (const type of ["error", "unhandledrejection"]) {
    // The program ends after these, without an unload, unless somebody prevents it.
    globalThis.addEventListener(type, (event) => {
      if (!event.defaultPrevented) runExitHandlers();
    });
  }
}

/**
 * Has an action taken when the program ends without having done so itself.
 *
 * @param action is synchronous, and may be taken more than once
 * @returns forgets the action
 *
 * @example
 * ```ts
 * import { onExit } from "./exit_handlers.ts";
 *
 * const file = await Deno.makeTempFile();
 * const forget = onExit(() => Deno.removeSync(file));
 * // ... what may end the program ...
 * forget();
 * await Deno.remove(file);
 * ```
 */
export function onExit(action: () => void): () => void {
  watch();
  actions.add(action);
  return () => void actions.delete(action);
}

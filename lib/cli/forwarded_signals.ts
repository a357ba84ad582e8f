import type { Env } from "../util/env.ts";

/** Set by the launcher of the npm package in `.ci/npm` if it forwards signals. */
export const FORWARDER_VARIABLE = "CCRUN_FORWARDER";

/** The time between a signal and its copy. A person takes longer to press Ctrl-C again. */
const COPY_MS = 200;

/**
 * Returns a function that returns whether a signal is a copy of the previous one. A terminal sends
 * Ctrl-C to ccrun and to its parent, and `npx`, `npm run` and the launcher forward it.
 *
 * @param now returns a time in milliseconds, which tests control
 */
export function createCopyDetector(
  env: Env,
  now: () => number = () => performance.now(),
): (signal: Deno.Signal) => boolean {
  if (env[FORWARDER_VARIABLE] === undefined && env["npm_lifecycle_event"] === undefined) {
    return () => false;
  }
  let last: { readonly signal: Deno.Signal; readonly ms: number } | undefined;
  return (signal) => {
    const ms = now();
    if (last?.signal === signal && ms - last.ms < COPY_MS) return true;
    last = { signal, ms };
    return false;
  };
}

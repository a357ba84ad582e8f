/** Starts the last part of a hint: a command of ccrun that continues the session. */
export const CONTINUATION = /(?:^|; )(resume|compact) with: /;

/**
 * Returns a hint without the command that continues the session.
 *
 * @example
 * ```ts
 * import { withoutContinuation } from "./continuation_hint.ts";
 *
 * console.log(withoutContinuation('try again; resume with: ccrun --resume x "..."')); // try again
 * ```
 */
export function withoutContinuation(hint: string): string {
  return hint.slice(0, CONTINUATION.exec(hint)?.index);
}

import { delay } from "@std/async/delay";

/** The time between two looks at something that another program changes, in milliseconds. */
const POLL_MS = 150;

/**
 * Yields at once and then several times a second, until something is over. The last time is after `isOver`
 * returned true, so that the caller sees what was written before.
 *
 * @param signal ends the waiting
 *
 * @example
 * ```ts
 * import { pollUntil } from "./poll_until.ts";
 *
 * let looks = 0;
 * for await (const _ of pollUntil(() => looks === 1, new AbortController().signal)) looks++;
 * console.log(looks); // 2
 * ```
 */
export async function* pollUntil(
  isOver: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<void, void, void> {
  while (!signal.aborted) {
    const isLast = await isOver();
    yield;
    if (isLast) return;
    await delay(POLL_MS, { signal }).catch(() => {});
  }
}

/**
 * Waits for a condition with a time limit.
 *
 * @module
 */

/** The time between two checks. */
const POLL_MS = 20;

/** Returns true as soon as the condition holds, or false after `limitMs`. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!await condition()) {
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

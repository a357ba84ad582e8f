/**
 * Waiting for a condition, bounded, instead of sleeping and hoping.
 *
 * @module
 */

/** Between two looks: short beside anything that is waited for. */
const POLL_MS = 20;

/** Resolves when the condition is true, with true, or when the time is over, with false. */
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

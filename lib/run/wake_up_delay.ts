/** Claude Code schedules wake-ups within hours. */
const MAX_DELAY_MS = 24 * 60 * 60 * 1000;

/**
 * Returns how long a run waits for a wake-up, in milliseconds. No silence of claude counts until then, so
 * that a wake-up in some years would keep the run from ever ending.
 *
 * @param wakesAt when it is due, in milliseconds since 1970
 * @param now the current time, in milliseconds since 1970
 */
export function wakeUpDelay(wakesAt: number, now: number): number {
  return Math.min(Math.max(0, wakesAt - now), MAX_DELAY_MS);
}

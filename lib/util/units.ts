/**
 * Numbers as a person reads them.
 *
 * @module
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A duration: `0.3s`, `12s`, `2m 05s`, `1h 02m`. */
export function formatSeconds(ms: number): string {
  // Cut, not rounded, so that a running clock never shows a moment before it has come.
  const time = Math.max(0, ms);
  if (time < 10 * SECOND) return `${(Math.floor(time / 100) / 10).toFixed(1)}s`;
  if (time < MINUTE) return `${Math.floor(time / SECOND)}s`;
  if (time < HOUR) {
    return `${Math.floor(time / MINUTE)}m ${two(Math.floor(time % MINUTE / SECOND))}s`;
  }
  return `${Math.floor(time / HOUR)}h ${two(Math.floor(time % HOUR / MINUTE))}m`;
}

/** A running clock: whole seconds, so that it is calm. `3s`, `2m 05s`. */
export function formatClock(ms: number): string {
  return ms < 10 * SECOND ? `${Math.floor(Math.max(0, ms) / SECOND)}s` : formatSeconds(ms);
}

/** A number of tokens: `950`, `1.2k`, `123k`, `1.2M`. */
export function formatTokens(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${(count / 1_000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** A cost: `$0.0050`, `$1.23`. Small ones have more digits, so that they are not all the same. */
export function formatCost(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** A count of things: `1 line`, `37 lines`. */
export function formatCount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

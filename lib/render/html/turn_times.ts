import type { ReportTurn } from "../report.ts";

/** Returns how long a turn took, in milliseconds; null if that is not known. */
export function turnDurationMs({ result, startMs, endMs }: ReportTurn): number | null {
  if (result !== null && result.duration_ms !== null) return result.duration_ms;
  return startMs === null || endMs === null ? null : endMs - startMs;
}

/** Returns how long the session rested before a turn; null if that is not known. */
export function pauseBeforeMs(turn: ReportTurn, previous: ReportTurn | undefined): number | null {
  const endMs = previous?.endMs ?? null;
  return turn.startMs === null || endMs === null ? null : turn.startMs - endMs;
}

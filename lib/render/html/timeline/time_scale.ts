import { formatDuration } from "../format.ts";

/** A part of the time of a session, in milliseconds since its start. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A labeled position. */
export interface Tick {
  readonly position: number;
  readonly label: string;
}

/** Maps times to positions. */
export interface TimeScale {
  /** Returns the position of a time in percent of the width. */
  position(time: number): number;
  /** Times that are labeled. */
  readonly ticks: readonly Tick[];
  /** The positions at which an idle time was shortened. */
  readonly breaks: readonly number[];
}

/** The widest gap, and the sum of all gaps, as shares of the time in which the session worked. */
const MAX_GAP_SHARE = 0.03;
const MAX_GAPS_SHARE = 0.25;

/** A span of time with the width that it gets. */
interface Piece extends Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Creates a scale on which idle times are short, because a session can continue after days.
 *
 * @param busy when the session worked; not empty
 *
 * @example
 * ```ts
 * import { createTimeScale } from "./time_scale.ts";
 *
 * const scale = createTimeScale([{ start: 0, end: 50 }, { start: 9_050, end: 9_100 }]);
 * console.log(Math.round(scale.position(9_050))); // 51
 * ```
 */
export function createTimeScale(busy: readonly Span[]): TimeScale {
  const spans = mergeSpans(busy);
  const worked = spans.reduce((sum, { start, end }) => sum + end - start, 0) || 1;
  const maxGap = worked * Math.min(MAX_GAP_SHARE, MAX_GAPS_SHARE / spans.length);
  const pieces: Piece[] = [];
  const shortened: number[] = [];
  let width = 0;
  for (const { start, end } of spans) {
    const last = pieces.at(-1);
    if (last !== undefined) {
      const gap = start - last.end;
      if (gap > maxGap) shortened.push(width + maxGap / 2);
      const to = width + Math.min(gap, maxGap);
      pieces.push({ start: last.end, end: start, from: width, to });
      width = to;
    }
    pieces.push({ start, end, from: width, to: width + end - start });
    width += end - start;
  }
  const total = width || 1;
  return {
    position: (time) => map(pieces, time) / total * 100,
    ticks: ticksOf(pieces, total),
    breaks: shortened.map((at) => at / total * 100),
  };
}

/** Returns spans in order, and one for those that overlap. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end: Math.max(start, end) });
  }
  return merged;
}

/** Returns where a time is on a scale that has not been stretched to its width. */
function map(pieces: readonly Piece[], time: number): number {
  const piece = pieces[findPiece(pieces, ({ start }) => start <= time)];
  if (piece === undefined) return 0;
  const { start, end, from, to } = piece;
  const elapsed = Math.min(Math.max(time, start), end) - start;
  return end === start ? to : from + elapsed / (end - start) * (to - from);
}

function unmap(pieces: readonly Piece[], place: number): number {
  const piece = pieces[findPiece(pieces, ({ from }) => from <= place)];
  if (piece === undefined) return 0;
  const { start, end, from, to } = piece;
  return to === from ? start : start + (place - from) / (to - from) * (end - start);
}

/** Returns the index of the last piece that begins early enough; 0 if there is none. */
function findPiece(pieces: readonly Piece[], isEarly: (piece: Piece) => boolean): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isEarly(pieces[middle]!)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The distances that labels can have. */
const STEPS: readonly number[] = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
];

const MAX_TICKS = 6;

function ticksOf(pieces: readonly Piece[], width: number): Tick[] {
  const step = STEPS.find((step) => width / step <= MAX_TICKS) ?? width / MAX_TICKS;
  const ticks: Tick[] = [];
  const startOfSession = pieces[0]?.start ?? 0;
  for (let place = 0; place <= width; place += step) {
    const label = formatTick(Math.round(unmap(pieces, place) - startOfSession));
    ticks.push({ position: place / width * 100, label });
  }
  return ticks;
}

function formatTick(ms: number): string {
  if (ms === 0) return "0s";
  return formatDuration(ms).replace(".0s", "s").replace(/ (?:00[sm]|0h)$/, "");
}

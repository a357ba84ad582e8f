import { startsSubagent } from "../../../claude/tools.ts";
import { sanitizeLine } from "../../../terminal/sanitize.ts";
import type { CallStep, Report, ReportStep, ReportTurn } from "../../report.ts";
import { formatDuration } from "../format.ts";
import type { Span } from "./time_scale.ts";

/** What a bar stands for, which decides its color. */
export type BarKind = "turn" | "tool" | "subagent" | "api" | "limit";

/** A bar of the timeline. */
export interface Bar extends Span {
  readonly kind: BarKind;
  readonly isProblem: boolean;
  /** The step that the bar leads to. */
  readonly stepNumber: number;
  readonly title: string;
  /** The tool calls of a subagent. */
  readonly inner: readonly Bar[];
}

/** Bars of one kind, in rows in which they do not overlap. */
export interface Lane {
  readonly name: string;
  readonly rows: readonly (readonly Bar[])[];
}

/** More bars at a time overlap in the last row. */
const MAX_ROWS = 6;

/** The length of the name of a bar. */
const MAX_NAME_LENGTH = 100;

/** Returns whether the times of a session are known. */
export function hasTimes({ turns }: Report): boolean {
  return turns.some(({ startMs, endMs }) => startMs !== null && endMs !== null && endMs > startMs);
}

/** Returns the lanes of a session that are not empty. Without times, each step is as long as the others. */
export function lanesOf(report: Report): Lane[] {
  const collector = new BarCollector(hasTimes(report));
  for (const turn of report.turns) collector.addTurn(turn);
  const waits = collector.isTimed ? waitBars(report) : [];
  const { turns, tools, subagents } = collector;
  const lanes = [["Turns", turns], ["Tools", tools], ["Subagents", subagents], ["Waits", waits]];
  return (lanes as [string, Bar[]][])
    .filter(([, bars]) => bars.length > 0)
    .map(([name, bars]) => ({ name, rows: pack(bars) }));
}

class BarCollector {
  readonly turns: Bar[] = [];
  readonly tools: Bar[] = [];
  readonly subagents: Bar[] = [];
  /** Whether bars have times. Otherwise their places are the numbers of steps. */
  readonly isTimed: boolean;

  constructor(isTimed: boolean) {
    this.isTimed = isTimed;
  }

  addTurn(turn: ReportTurn): void {
    const span = this.#spanOfTurn(turn);
    const first = turn.steps[0];
    if (span !== undefined && first !== undefined) {
      const name = `Turn ${turn.number}`;
      const isProblem = turn.result?.ok === false;
      this.turns.push(this.#bar(name, "turn", span, { stepNumber: first.number, isProblem }));
    }
    this.#addCalls(turn.steps, this.tools);
  }

  #spanOfTurn({ steps, startMs, endMs }: ReportTurn): Span | undefined {
    if (!this.isTimed) return spanOfNumbers(steps);
    return startMs === null || endMs === null ? undefined : { start: startMs, end: endMs };
  }

  /** Adds the calls among steps to their lane, and those that start subagents to another one. */
  #addCalls(steps: readonly ReportStep[], lane: Bar[]): void {
    for (const step of steps) {
      if (step.kind !== "call") continue;
      const span = this.#spanOfCall(step);
      const inner: Bar[] = [];
      this.#addCalls(step.call.steps, inner);
      if (span === undefined) continue;
      const { label, name, state } = step.call;
      const isSubagent = startsSubagent(name) || step.call.steps.length > 0;
      const isProblem = state === "failed" || state === "denied";
      const call = sanitizeLine(`${label.name} ${label.argument}`, MAX_NAME_LENGTH);
      const title = isProblem ? `${call} · ${state}` : call;
      const details = { stepNumber: step.number, isProblem, inner };
      const kind = isSubagent ? "subagent" : "tool";
      (isSubagent ? this.subagents : lane).push(this.#bar(title, kind, span, details));
    }
  }

  #spanOfCall(step: CallStep): Span | undefined {
    if (!this.isTimed) return spanOfNumbers([step]);
    // Some recordings have only the times of results. Then a bar is a point.
    const start = step.call.startMs ?? step.call.endMs;
    return start === null ? undefined : { start, end: Math.max(start, lastTimeOf(step)) };
  }

  #bar(
    name: string,
    kind: BarKind,
    span: Span,
    details: { stepNumber: number; isProblem: boolean; inner?: readonly Bar[] },
  ): Bar {
    const length = span.end - span.start;
    const duration = this.isTimed && length > 0 ? ` · ${formatDuration(length)}` : "";
    return { inner: [], ...span, ...details, kind, title: `${name}${duration}` };
  }
}

/** Returns when the last part of a call ended; 0 if that is not known. */
function lastTimeOf({ call }: CallStep): number {
  return call.steps.reduce(
    (last, step) => Math.max(last, step.timeMs ?? 0, step.kind === "call" ? lastTimeOf(step) : 0),
    call.endMs ?? 0,
  );
}

/** Returns the numbers of steps as a time in which each step has the length 1. */
function spanOfNumbers(steps: readonly ReportStep[]): Span | undefined {
  const first = steps[0];
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const nested = last.kind === "call" ? spanOfNumbers(last.call.steps)?.end ?? 0 : 0;
  return { start: first.number, end: Math.max(last.number + 1, nested) };
}

function waitBars({ waits }: Report): Bar[] {
  return waits.flatMap(({ cause, startMs, endMs, stepNumber, text }) => {
    if (startMs === null || endMs === null) return [];
    const duration = formatDuration(endMs - startMs);
    const title = `${cause === "api" ? "API" : "Usage limit"}: ${text} · ${duration}`;
    const span = { start: startMs, end: endMs };
    return [{ kind: cause, ...span, stepNumber, isProblem: false, inner: [], title }];
  });
}

/** Distributes bars to rows in which they do not overlap. */
function pack(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  for (const bar of bars.toSorted((one, other) => one.start - other.start)) {
    const free = rows.find((row) => (row.at(-1)?.end ?? 0) <= bar.start);
    if (free !== undefined) free.push(bar);
    else if (rows.length < MAX_ROWS) rows.push([bar]);
    else rows.at(-1)?.push(bar);
  }
  return rows;
}

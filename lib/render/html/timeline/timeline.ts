import type { Report } from "../../report.ts";
import { element, fragment, type Html } from "../html.ts";
import type { ShownSteps } from "../shown_steps.ts";
import { type Bar, hasTimes, type Lane, lanesOf } from "./lanes.ts";
import { createTimeScale, mergeSpans, type Span, type TimeScale } from "./time_scale.ts";

/** The sizes in pixels. The style sheet has the same heights for the names of the lanes. */
const ROW_HEIGHT = 18;
const BAR_HEIGHT = 12;
const INNER_HEIGHT = 6;
const LANE_GAP = 10;
const AXIS_HEIGHT = 20;

/** Bars that are closer, in percent of the width, look like one. */
const RESOLUTION = 0.1;

/** A label that begins further to the right could be too wide. */
const MAX_LABEL_POSITION = 85;

/** Returns the timeline of a session. Each bar is a link to its step. */
export function renderTimeline(report: Report, shown: ShownSteps): Html | false {
  const lanes = lanesOf(report);
  if (lanes.length === 0) return false;
  const isTimed = hasTimes(report);
  const scale = createTimeScale(isTimed ? busySpans(report, lanes) : barsOf(lanes));
  const names = lanes.map(({ name, rows }) =>
    element("li", { class: `rows-${rows.length}` }, name)
  );
  return element(
    "section",
    { class: "timeline", "aria-label": "Timeline" },
    element("h2", {}, "Timeline"),
    element(
      "div",
      { class: "lanes" },
      element("ul", {}, names),
      renderPlot(lanes, { scale, shown, isTimed }),
    ),
    !isTimed &&
      element("p", { class: "facts" }, "The times are not known. The steps are spaced evenly."),
  );
}

function barsOf(lanes: readonly Lane[]): Bar[] {
  return lanes.flatMap(({ rows }) => rows.flat());
}

/** Returns when the session worked. A long wait for a limit would leave no room for everything else. */
function busySpans({ turns, waits }: Report, lanes: readonly Lane[]): Span[] {
  const calls = barsOf(lanes.filter(({ name }) => name === "Tools" || name === "Subagents"));
  const worked = turns.flatMap(({ startMs, endMs }) =>
    startMs === null || endMs === null ? [] : [{ start: startMs, end: endMs }]
  );
  const waited = waits.flatMap(({ cause, startMs, endMs }) =>
    cause === "api" || startMs === null || endMs === null ? [] : [{ start: startMs, end: endMs }]
  );
  return [...subtract(worked, waited), ...calls];
}

/** Returns the parts of spans that are not in other ones. There can be many of both. */
function subtract(spans: readonly Span[], others: readonly Span[]): Span[] {
  const removed = mergeSpans(others);
  const rest: Span[] = [];
  let first = 0;
  for (const { start, end } of mergeSpans(spans)) {
    while ((removed[first]?.end ?? Infinity) <= start) first++;
    let from = start;
    for (let at = first; (removed[at]?.start ?? Infinity) < end; at++) {
      const { start: until, end: next } = removed[at]!;
      if (until > from) rest.push({ start: from, end: until });
      from = Math.max(from, next);
    }
    if (from < end || from === start) rest.push({ start: from, end });
  }
  return rest;
}

/** What the bars of a timeline share. */
interface Plot {
  readonly scale: TimeScale;
  readonly shown: ShownSteps;
  readonly isTimed: boolean;
}

function renderPlot(lanes: readonly Lane[], plot: Plot): Html {
  const { scale, isTimed } = plot;
  const rows: Html[] = [];
  let top = 0;
  for (const lane of lanes) {
    for (const row of lane.rows) {
      rows.push(element("g", {}, renderRow(row, plot, { top, height: BAR_HEIGHT })));
      top += ROW_HEIGHT;
    }
    top += LANE_GAP;
  }
  const height = isTimed ? top + AXIS_HEIGHT : top;
  return element(
    "svg",
    { width: "100%", height, role: "group", "aria-label": "Timeline" },
    renderBreaks(scale, top),
    isTimed && renderAxis(scale, top),
    rows,
  );
}

/** Returns the places where idle times were shortened, without those that would look like one. */
function renderBreaks({ breaks }: TimeScale, height: number): Html[] {
  let last = -Infinity;
  return breaks.flatMap((at) => {
    if (at - last < RESOLUTION) return [];
    last = at;
    return [verticalLine("break", at, height)];
  });
}

function verticalLine(className: string, at: number, height: number): Html {
  const x = percent(at);
  return element("line", { class: className, x1: x, x2: x, y1: 0, y2: height });
}

function renderAxis({ ticks }: TimeScale, top: number): Html[] {
  const y = top + AXIS_HEIGHT * 0.7;
  return ticks.map(({ position, label }) => {
    const anchor = position > MAX_LABEL_POSITION ? { dx: -4, "text-anchor": "end" } : { dx: 4 };
    return fragment(
      verticalLine("tick", position, top),
      element("text", { x: percent(position), ...anchor, y }, label),
    );
  });
}

/** The place of a row. */
interface RowShape {
  readonly top: number;
  /** The height of its bars. */
  readonly height: number;
}

/** Returns the bars of a row without those that would be invisible behind others. */
function renderRow(bars: readonly Bar[], plot: Plot, shape: RowShape): Html[] {
  const { scale, shown } = plot;
  const lastEnds = new Map<string, number>();
  return bars.flatMap((bar) => {
    const className = bar.isProblem ? `${bar.kind} problem` : bar.kind;
    const left = scale.position(bar.start);
    const right = Math.max(scale.position(bar.end), left + RESOLUTION);
    if (right - (lastEnds.get(className) ?? -1) < RESOLUTION) return [];
    lastEnds.set(className, right);
    const place = { x: percent(left), width: percent(right - left) };
    const address = `#step-${shown.placeOf(bar.stepNumber)}`;
    const title = element("title", {}, bar.title);
    const link = element("a", { href: address }, renderBar(className, place, shape), title);
    return [link, renderInner(bar, plot, shape)];
  });
}

function renderBar(
  className: string,
  place: { readonly x: string; readonly width: string },
  { top, height }: RowShape,
): Html {
  const y = top + (ROW_HEIGHT - height) / 2;
  return element("rect", { class: className, ...place, y, height, rx: 2 });
}

/** Returns the calls of a subagent, which are bars within its bar. */
function renderInner({ inner }: Bar, plot: Plot, { top }: RowShape): Html {
  if (inner.length === 0) return fragment();
  return element("g", { class: "inner" }, renderRow(inner, plot, { top, height: INNER_HEIGHT }));
}

function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}

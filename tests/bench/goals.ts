/**
 * What ccrun's speed should be: all of it as ratios or beside something else of the same run, but for
 * memory.
 *
 * @module
 */

import type { Goal } from "./rows.ts";

/** The sections of the benchmarks, in their order. */
export const SECTIONS = [
  "replay",
  "run",
  "latency",
  "startup",
  "overhead",
  "memory",
  "parallel",
  "guardian",
] as const;

/** One of them. */
export type SectionName = typeof SECTIONS[number];

/** MB that are under any machine's limit for a small job. */
const SMALL_PEAK: Goal = { under: 120 };

/** MB for lines as long as the bound: a line and what is made of it are there at once. */
const LARGE_PEAK: Goal = { under: 400 };

/** Milliseconds that nobody notices. */
const START: Goal = { under: 30 };

/** The goals, by section and the name of the row that each judges. */
export const GOALS: Readonly<Record<SectionName, Readonly<Record<string, Goal>>>> = {
  replay: {
    "replay json / parse floor": { atLeast: 0.85 },
    "replay json / jq": { atLeast: 4 },
    "replay json --partial / parse floor": { atLeast: 0.85 },
    "replay json --partial / jq": { atLeast: 4 },
    "replay raw / lines floor": { atLeast: 0.8 },
    "replay pretty / jq": { atLeast: 3 },
    "replay pretty --partial / jq": { atLeast: 3 },
  },
  run: {},
  latency: {
    "latency at 100 lines/s, median, added": { under: 1 },
    "latency at 100 lines/s, p99, added": { under: 5 },
    "latency at 5000 lines/s, median, added": { under: 1 },
    "latency at 5000 lines/s, p99, added": { under: 5 },
  },
  startup: {
    "start of --version, deno run, beyond empty": START,
    "start to claude's exec, deno run, beyond empty": START,
    "start of --version, binary, beyond empty": START,
    "start to claude's exec, binary, beyond empty": START,
  },
  overhead: {
    "overhead, model answers at once": { under: 5 },
    "overhead, model takes seconds": { under: 5 },
  },
  memory: {
    "peak, replay, small lines": SMALL_PEAK,
    "peak, run, small lines": SMALL_PEAK,
    "peak, replay, a line of 60 MB": LARGE_PEAK,
    "peak, run, a line of 60 MB": LARGE_PEAK,
    "peak, replay, a line of 500 MB": LARGE_PEAK,
    "peak, run, a line of 500 MB": LARGE_PEAK,
    "peak, run, a reader of 1 MB/s": SMALL_PEAK,
  },
  parallel: {},
  guardian: {
    "guardian's cost": { under: 30 },
    "guardian's cost, 200 processes more": { under: 30 },
  },
};

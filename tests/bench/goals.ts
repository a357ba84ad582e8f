/**
 * The speed that ccrun should have, as ratios in one run of the benchmarks.
 *
 * @module
 */

import type { Goal } from "./results.ts";

/** How many times faster than `jq -c .` ccrun replays a recording in each format. */
export const REPLAY_GOALS = {
  "json": 4,
  "json --partial": 3.5,
  "pretty": 2.5,
} as const;

/** How many times faster than the Agent SDK's `query()` a run is on the same stream. */
export const SDK_GOAL: Goal = { atLeast: 1.4 };

/** The time that ccrun adds to the way of a line, in milliseconds. */
export const LATENCY_MEDIAN_GOAL: Goal = { below: 1 };
export const LATENCY_P99_GOAL: Goal = { below: 5 };

/** The time until claude is started, in milliseconds more than an empty Deno program takes. */
export const STARTUP_MS = 70;

/** How much longer a run takes than bare claude, in percent, if the model takes seconds. */
export const OVERHEAD_GOAL: Goal = { below: 5 };

/** Peak memory, in MB. */
export const SMALL_LINES_MEGABYTES = 130;
export const LONG_LINE_GOAL: Goal = { below: 450 };
export const STDERR_FLOOD_GOAL: Goal = { below: 130 };
export const SERVE_MEMORY_GOAL: Goal = { below: 150 };
/** The memory at the end of many conversations, compared with that after the first fifth. */
export const SERVE_GROWTH_GOAL: Goal = { below: 1.25 };

/** How many times faster the first message of a turn comes from a claude that was kept. */
export const WARM_TURN_GOAL: Goal = { atLeast: 8 };

/** The CPU time of a batch without that of its claudes, in milliseconds a task. */
export const BATCH_CPU_GOAL: Goal = { below: 40 };
/** Its peak memory in MB, and that in the last fifth of many tasks compared with the first one. */
export const BATCH_MEMORY_GOAL: Goal = { below: 250 };
export const BATCH_GROWTH_GOAL: Goal = { below: 1.5 };
/** How many times faster a batch is than a program that starts `ccrun run` for each task. */
export const BATCH_SPEED_GOAL: Goal = { atLeast: 2 };

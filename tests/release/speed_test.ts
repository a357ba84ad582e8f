/**
 * Fails if ccrun has become much slower than the goals of the benchmarks. Ratios of CPU time in one run
 * hold on a loaded machine, where a garbage collector with several threads needs more of it.
 *
 * @module
 */

import { assert } from "@std/assert";
import { fakeClaude } from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { REPLAY_GOALS, SMALL_LINES_MEGABYTES, STARTUP_MS } from "../bench/goals.ts";
import { ccrun, measure, PROMPT } from "../bench/measure.ts";
import { writeRecording } from "../bench/recording.ts";
import { replay, type ReplayFormat, replayWithJq } from "../bench/replay.ts";
import { measureStarts } from "../bench/startup.ts";

/** The share of a goal at which a test fails. */
const TOLERANCE = 0.5;

/** The same for a replay, which needs more CPU time on a loaded machine. */
const REPLAY_TOLERANCE = 0.4;

/** Large enough that the start counts little. */
const REPLAY_MEGABYTES = 50;
const MEMORY_MEGABYTES = 30;

/** One good round is enough, because other processes can only slow a round down. */
const MAX_ROUNDS = 6;

/** The time of an empty program on the machine that the goals were set on. */
const EMPTY_PROGRAM_MS = 18;

/** The limit is a ratio to an empty program, because a loaded machine slows both. */
const START_LIMIT = 1 + STARTUP_MS / TOLERANCE / EMPTY_PROGRAM_MS;

const SOURCE_ONLY = Deno.env.get("CCRUN_TEST_BINARY")
  ? "CCRUN_TEST_BINARY is set, but the benchmarks measure the source"
  : undefined;
const NO_PROC = Deno.build.os === "linux" ? undefined : "peak memory is read from /proc";

/** Returns the greatest of several ratios, and measures no more after one that reaches the limit. */
async function bestRatio(limit: number, measureRatio: () => Promise<number>): Promise<number> {
  let best = 0;
  for (let round = 0; round < MAX_ROUNDS && best < limit; round++) {
    best = Math.max(best, await measureRatio());
  }
  return best;
}

testWith(
  { commands: ["jq"], unless: SOURCE_ONLY },
  "a replay is not much slower than its goal in any format",
  async () => {
    await using sandbox = await makeSandbox();
    const recording = await writeRecording(`${sandbox.root}/recording`, REPLAY_MEGABYTES);
    const jq = await replayWithJq({ sandbox }, recording);
    for (const format of Object.keys(REPLAY_GOALS) as ReplayFormat[]) {
      const limit = REPLAY_GOALS[format] * REPLAY_TOLERANCE;
      const ratio = await bestRatio(
        limit,
        async () => jq.cpuSeconds / (await replay({ sandbox }, recording, format)).cpuSeconds,
      );
      const found = `${format}: ${ratio.toFixed(2)} times as fast as jq, expected ${limit}`;
      assert(ratio >= limit, found);
    }
  },
);

testWith({ unless: SOURCE_ONLY }, "a run starts claude in at most twice its goal", async () => {
  await using sandbox = await makeSandbox();
  const ratio = await bestRatio(1 / START_LIMIT, async () => {
    // The two of a turn run one after the other, under the same load.
    const { empty: [empty = NaN], claude: [claude = NaN] } = await measureStarts(sandbox, 1);
    return empty / claude;
  });
  const found = `${(1 / ratio).toFixed(1)} times an empty program, expected ${START_LIMIT}`;
  assert(ratio > 1 / START_LIMIT, found);
});

testWith(
  { unless: SOURCE_ONLY ?? NO_PROC },
  "a run needs at most twice the memory of its goal for small lines",
  async () => {
    await using sandbox = await makeSandbox();
    const { path } = await writeRecording(`${sandbox.root}/recording`, MEMORY_MEGABYTES);
    const claude = await fakeClaude(sandbox, `read -r line; exec cat '${path}'`);
    const program = await ccrun("--json", "--partial", "--claude", claude, ...PROMPT);
    const { peakMegabytes } = await measure(program, { sandbox });
    const limit = SMALL_LINES_MEGABYTES / TOLERANCE;
    assert(peakMegabytes < limit, `${peakMegabytes.toFixed(0)} MB, expected less than ${limit}`);
  },
);

/**
 * Fails if ccrun has become much slower: at half of the goals of the benchmarks. Ratios of CPU time
 * in one run hold on a loaded machine.
 *
 * @module
 */

import { assert } from "@std/assert";
import { fakeClaude } from "../support/fake_claude.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { REPLAY_GOALS, SMALL_LINES_MEGABYTES, STARTUP_MS } from "./goals.ts";
import { ccrun, measure, type Measurement, PROMPT } from "./measure.ts";
import { type Recording, writeRecording } from "./recording.ts";
import { replay, type ReplayFormat, replayWithJq } from "./replay.ts";
import { measureStarts } from "./startup.ts";

/** The share of a goal at which a test fails. */
const TOLERANCE = 0.5;

const REPLAY_MEGABYTES = 30;
const MEMORY_MEGABYTES = 30;

/** The best of several rounds counts, because other processes can only slow a round down. */
const ROUNDS = 2;

const START_TURNS = 8;

/** The time of an empty program on the machine that the goals were set on. */
const EMPTY_PROGRAM_MS = 18;

/** The limit is a ratio to an empty program, because a loaded machine slows both. */
const START_LIMIT = 1 + STARTUP_MS / TOLERANCE / EMPTY_PROGRAM_MS;

const SOURCE_ONLY = Deno.env.get("CCRUN_TEST_BINARY")
  ? "CCRUN_TEST_BINARY is set, but the benchmarks measure the source"
  : undefined;
const NO_PROC = Deno.build.os === "linux" ? undefined : "peak memory is read from /proc";

/** Returns the least CPU time of several rounds, in seconds. */
async function bestCpuSeconds(run: () => Promise<Measurement>, rounds = ROUNDS): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    best = Math.min(best, (await run()).cpuSeconds);
  }
  return best;
}

/** The figures of jq are the same for each format, so they are measured once. */
let jqCpuSeconds: number | undefined;

async function replayRatio(sandbox: Sandbox, recording: Recording, format: ReplayFormat) {
  jqCpuSeconds ??= await bestCpuSeconds(() => replayWithJq({ sandbox }, recording), 2);
  return jqCpuSeconds / await bestCpuSeconds(() => replay({ sandbox }, recording, format));
}

for (const format of Object.keys(REPLAY_GOALS) as ReplayFormat[]) {
  testWith(
    { commands: ["jq"], unless: SOURCE_ONLY },
    `a replay as ${format} is at least half as fast as its goal`,
    async () => {
      await using sandbox = await makeSandbox();
      const recording = await writeRecording(`${sandbox.root}/recording`, REPLAY_MEGABYTES);
      const ratio = await replayRatio(sandbox, recording, format);
      const limit = REPLAY_GOALS[format] * TOLERANCE;
      assert(ratio >= limit, `${ratio.toFixed(2)} times as fast as jq, expected ${limit}`);
    },
  );
}

testWith({ unless: SOURCE_ONLY }, "a run starts claude in at most twice its goal", async () => {
  await using sandbox = await makeSandbox();
  const { empty, claude } = await measureStarts(sandbox, START_TURNS);
  // The two of a turn ran one after the other, under the same load.
  const ratio = Math.min(...claude.map((ms, turn) => ms / (empty[turn] ?? NaN)));
  assert(
    ratio < START_LIMIT,
    `${ratio.toFixed(1)} times an empty program, expected ${START_LIMIT}`,
  );
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

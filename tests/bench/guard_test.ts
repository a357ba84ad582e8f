/**
 * A guard against getting slower without noticing: ccrun beside the floors, as ratios of the processor's
 * time, which does not count how long others had the processor. The room is generous: half of
 * the goals.
 *
 * @module
 */

import { assert } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { type Bench, makeBench } from "./bench.ts";
import { contest, type Contestant, type Rounds } from "./contest.ts";
import { GOALS } from "./goals.ts";
import { benchOptions } from "./options.ts";
import { peakOf } from "./peak.ts";
import { quoted } from "./pipeline.ts";
import {
  type Argv,
  ccrun,
  denoProgram,
  floor,
  LINES_FLOOR,
  PARSE_FLOOR,
  whyNotCompared,
} from "./programs.ts";
import { lastLine, type Recording, writeRecording } from "./recording.ts";
import { JQ, replayContestants, TINY_MEGABYTES } from "./replay.ts";

/** Large beside the start of a program, which is taken off all the same. */
const MEGABYTES = 40;

/** jq takes ten times as long for as much. */
const JQ_MEGABYTES = 16;

/** The best of them counts: what else the machine does can only make one worse. */
const ROUNDS = 4;
const JQ_ROUNDS = 2;
const START_ROUNDS = 3;

/** Half of a goal is what may not be missed. */
const ROOM = 0.5;

const UNLESS = { unless: whyNotCompared() };

const FAST = [LINES_FLOOR, PARSE_FLOOR, "json", "json --partial", "raw"] as const;

/** Where there is no jq, there is no contestant of that name. */
const SLOW = [JQ, "pretty"] as const;

type Name = (typeof FAST | typeof SLOW)[number];

/** The processor's seconds that each takes for a MB. */
type Costs = ReadonlyMap<Name, number>;

let costs: Promise<Costs> | undefined;

/** Measures all once, for all tests. */
function measured(): Promise<Costs> {
  costs ??= (async () => {
    await using bench = await makeBench({ options: benchOptions([]) });
    const { root } = bench.sandbox;
    const write = (name: string, megabytes: number) =>
      writeRecording(`${root}/${name}`, { megabytes });
    const tiny = await write("tiny", TINY_MEGABYTES);
    const all = replayContestants();
    const named = (names: readonly Name[]) =>
      names.flatMap((name) => all.filter((contestant) => contestant.name === name));
    const large = await write("large", MEGABYTES);
    const small = await write("small", JQ_MEGABYTES);
    return new Map([
      ...await costsOf(bench, named(FAST), { recording: large, tiny, rounds: ROUNDS }),
      ...await costsOf(bench, named(SLOW), { recording: small, tiny, rounds: JQ_ROUNDS }),
    ]);
  })();
  return costs;
}

/** How to measure costs. */
interface CostOptions {
  readonly recording: Recording;
  /** One that takes no time: what is left is the start. */
  readonly tiny: Recording;
  readonly rounds: number;
}

/** Of each its best, without what it takes to start. */
async function costsOf(
  bench: Bench,
  contestants: readonly Contestant[],
  { recording, tiny, rounds }: CostOptions,
): Promise<readonly (readonly [Name, number])[]> {
  const title = "guard";
  const best = (results: Rounds, name: string) =>
    Math.min(...(results.get(name) ?? []).map(({ cpuSeconds }) => cpuSeconds));
  const options = { title, warmUp: tiny };
  const start = { ...options, recording: tiny, rounds: START_ROUNDS };
  const starts = await contest(bench, contestants, start);
  const works = await contest(bench, contestants, { ...options, recording, rounds });
  const megabytes = (recording.bytes - tiny.bytes) / 1e6;
  return contestants.map(({ name }) =>
    [name as Name, (best(works, name) - best(starts, name)) / megabytes] as const
  );
}

/** Fails when one is not as many times as fast as another as half of the goal. */
async function assertFast(name: Name, beside: Name): Promise<void> {
  const costs = await measured();
  const [own = NaN, other = NaN] = [costs.get(name), costs.get(beside)];
  const row = `replay ${name} / ${beside}`;
  const goal = GOALS.replay[row];
  assert(goal !== undefined && "atLeast" in goal, `a goal for ${row}`);
  const limit = goal.atLeast * ROOM;
  const ratio = other / own;
  assert(
    ratio >= limit,
    `${row}: ${ratio.toFixed(2)} times as fast, and at least ${limit} is wanted (` +
      `${ms(own)} of the processor's time for a MB, beside ${ms(other)}); ` +
      "look closer: deno task bench --only replay",
  );
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(2)} ms`;
}

testWith(UNLESS, "a replay as json keeps up with parsing and writing again", async () => {
  await assertFast("json", PARSE_FLOOR);
});

testWith(UNLESS, "a replay as json with partial messages keeps up with it, too", async () => {
  await assertFast("json --partial", PARSE_FLOOR);
});

testWith(UNLESS, "a raw replay keeps up with reading lines", async () => {
  await assertFast("raw", LINES_FLOOR);
});

testWith({ ...UNLESS, commands: ["jq"] }, "a pretty replay outruns jq", async () => {
  await assertFast("pretty", JQ);
});

/** Starts in one measurement: a shell counts in hundredths of a second. */
const STARTS = 10;

/**
 * An empty program takes 17 ms of the processor's time here, ccrun 1.5 times as much, and 3.5 times before
 * its imports were lazy. A ratio, for a slower machine is slower at both.
 */
const START_LIMIT = 2.5;

testWith(UNLESS, "ccrun starts as fast as a program that does little", async () => {
  await using bench = await makeBench({ options: benchOptions([]) });
  const loop = `n=0; while [ $n -lt ${STARTS} ]; do "$@" >/dev/null || exit 1; n=$((n + 1)); done`;
  const starts = async (argv: Argv) => {
    const { cpuSeconds } = await bench.run({ program: ["/bin/sh", "-c", loop, "sh", ...argv] });
    return cpuSeconds / STARTS;
  };
  const programs = [await ccrun("--version"), await denoProgram("empty.ts")] as const;
  const best = [Infinity, Infinity];
  // The first round is slower, as the code is not compiled yet, and so it does not count.
  for (let round = 0; round < START_ROUNDS; round++) {
    for (const [at, program] of programs.entries()) {
      best[at] = Math.min(best[at] ?? Infinity, await starts(program));
    }
  }
  const [own = NaN, empty = NaN] = best;
  const ratio = own / empty;
  assert(
    ratio <= START_LIMIT,
    `ccrun --version takes ${ratio.toFixed(2)} times as long as an empty program, and at most ` +
      `${START_LIMIT} is wanted (${ms(own)} of the processor's time, beside ${ms(empty)}); ` +
      "look closer: deno task bench --only startup",
  );
});

/** What goes through while memory is watched: so much that whatever kept it all would be seen. */
const BLOCK_MEGABYTES = 30;
const BLOCKS = 6;

/**
 * How much more memory than a floor's that may take. What is garbage grows with time in every program,
 * in the floors, too, up to some bound of V8's: a recording of a tenth the size is no measure.
 */
const MEMORY_LIMIT = 1.6;

/** The last part of a run is seen by it. */
const SAMPLE_MS = 5;

const NO_PEAK = peakOf(Deno.pid) === undefined ? "this system tells no peak of memory" : undefined;

for (const [format, beside] of [["json", PARSE_FLOOR], ["raw", LINES_FLOOR]] as const) {
  testWith(
    { unless: UNLESS.unless ?? NO_PEAK },
    `a replay as ${format} keeps no more in memory than the ${beside}, however much comes`,
    async () => {
      await using bench = await makeBench({ options: benchOptions([]) });
      const { root } = bench.sandbox;
      const block = await writeRecording(`${root}/block`, {
        megabytes: BLOCK_MEGABYTES,
        isOpen: true,
      });
      await Deno.writeTextFile(`${root}/last`, lastLine());
      const [cat, last] = [`cat ${quoted(block.path)}`, `cat ${quoted(`${root}/last`)}`];
      const feed = `${`${cat}; `.repeat(BLOCKS)}${last}`;
      const least = (format === "json" ? block.blocks : block.lines) * BLOCKS;
      const peak = async (program: Argv) => {
        let peak = NaN;
        const sample = (pid: number) => peak = peakOf(pid) ?? peak;
        const { out } = await bench.run({ program, feed }, { sample, sampleMs: SAMPLE_MS });
        assert(out.lines >= least, `${out.lines} lines came, and not the ${least} there are`);
        return peak;
      };
      const own = await peak(await ccrun("replay", "--format", format, "-"));
      const other = await peak(await floor(beside));
      const ratio = own / other;
      assert(
        ratio <= MEMORY_LIMIT,
        `replay as ${format} takes ${ratio.toFixed(2)} times the memory of the ${beside}, and at ` +
          `most ${MEMORY_LIMIT} is wanted (${own.toFixed(0)} MB, beside ${other.toFixed(0)}); ` +
          "look closer: deno task bench --only memory",
      );
    },
  );
}

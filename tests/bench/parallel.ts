/**
 * Many runs at once.
 *
 * @module
 */

import { fakeClaude } from "../support/fake_claude.ts";
import type { Bench } from "./bench.ts";
import { median } from "./numbers.ts";
import { peakOf, shareOf } from "./peak.ts";
import { quoted } from "./pipeline.ts";
import { ccrun } from "./programs.ts";
import { writeRecording } from "./recording.ts";
import type { Row } from "./rows.ts";
import { PROMPT } from "./run.ts";
import { checkWhole } from "./whole.ts";

/** How many at once. */
const CROWDS = [1, 8, 32] as const;

/** What each run passes on, in MB. */
const RUN_MEGABYTES = 20;

/** Looking at many must not take what they are measured by: the more there are, the less often. */
const SAMPLE_MS_EACH = 5;
const LEAST_SAMPLE_MS = 20;

/** Shares of memory take the system a while to count: not at every sample. */
const SHARE_EVERY_SAMPLES = 4;

/** Measures how much runs pass on together, and what memory each has. */
export async function parallelSection(bench: Bench): Promise<readonly Row[]> {
  const recording = await writeRecording(`${bench.sandbox.root}/parallel.jsonl`, {
    megabytes: RUN_MEGABYTES,
  });
  const claude = await fakeClaude(
    bench.sandbox,
    `head -n 1 >/dev/null; exec cat ${quoted(recording.path)}`,
  );
  const program = await ccrun("--json", "--claude", claude, ...PROMPT);
  const { rounds } = bench.options;
  const seconds = new Map<number, number[]>(CROWDS.map((crowd) => [crowd, []]));
  const peaks = new Map<number, number>();
  const shares = new Map<number, number>();
  await bench.run({ program }); // not counted
  for (let round = 1; round <= rounds; round++) {
    for (const crowd of CROWDS) {
      bench.say(`parallel: round ${round} of ${rounds}: ${crowd} at once`);
      const memory = watchMemory();
      const sampleMs = Math.max(LEAST_SAMPLE_MS, crowd * SAMPLE_MS_EACH);
      const start = performance.now();
      const runs = Array.from(
        { length: crowd },
        () => bench.run({ program }, { sample: memory.sample, sampleMs }),
      );
      // All have to be over, also when one fails.
      for (const run of await Promise.allSettled(runs)) {
        if (run.status === "rejected") throw run.reason;
        checkWhole("a run among many", "json", run.value, recording);
      }
      seconds.get(crowd)?.push((performance.now() - start) / 1000);
      peaks.set(crowd, Math.max(peaks.get(crowd) ?? 0, memory.meanPeak()));
      shares.set(crowd, Math.max(shares.get(crowd) ?? 0, memory.mostShared() / crowd));
    }
  }
  const alone = median(seconds.get(1) ?? []);
  return CROWDS.flatMap((crowd): readonly Row[] => {
    const took = median(seconds.get(crowd) ?? []);
    const name = `${crowd} at once`;
    const times = crowd * alone / took;
    const [peak = 0, share = 0] = [peaks.get(crowd), shares.get(crowd)];
    return [
      {
        name: `${name}, together`,
        value: crowd * recording.bytes / 1e6 / took,
        unit: "MB/s",
        ...(crowd === 1 ? {} : { beside: `${times.toFixed(2)} × 1 at once` }),
      },
      ...peak === 0 ? [] : [{ name: `${name}, peak a run (VmHWM)`, value: peak, unit: "MB" }],
      ...share === 0 ? [] : [{ name: `${name}, share a run (Pss)`, value: share, unit: "MB" }],
    ];
  });
}

/** The peaks of all runs, and the most that they had together. */
function watchMemory() {
  const peaks = new Map<number, number>();
  const shares = new Map<number, number>();
  const samples = new Map<number, number>();
  let most = 0;
  return {
    sample(pid: number): void {
      const peak = peakOf(pid);
      if (peak === undefined) {
        shares.delete(pid); // it has ended
        return;
      }
      peaks.set(pid, peak);
      const count = (samples.get(pid) ?? 0) + 1;
      samples.set(pid, count);
      if (count % SHARE_EVERY_SAMPLES !== 0) return;
      const share = shareOf(pid);
      if (share !== undefined) shares.set(pid, share);
      most = Math.max(most, [...shares.values()].reduce((sum, each) => sum + each, 0));
    },
    meanPeak: () => peaks.size === 0 ? 0 : median([...peaks.values()]),
    mostShared: () => most,
  };
}

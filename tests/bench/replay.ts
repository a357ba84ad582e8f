/**
 * Replays a recording, compared with `jq -c .` on the same file.
 *
 * @module
 */

import { type Bench, measureInTurns, secondsOf } from "./bench.ts";
import { REPLAY_GOALS } from "./goals.ts";
import { ccrun, countedLines, measure, type Measurement } from "./measure.ts";
import { type Recording, writeRecording } from "./recording.ts";
import { median, medianRatio, type Row } from "./results.ts";

/** A format that is measured, with its options. */
export type ReplayFormat = keyof typeof REPLAY_GOALS;

/** Measures how fast a recording is replayed. */
export async function replaySection(bench: Bench): Promise<readonly Row[]> {
  const { sandbox, megabytes } = bench;
  const recording = await writeRecording(`${sandbox.root}/recording.jsonl`, megabytes);
  const results = await measureInTurns(bench, {
    jq: () => replayWithJq(bench, recording),
    "json": () => replay(bench, recording, "json"),
    "json --partial": () => replay(bench, recording, "json --partial"),
    "pretty": () => replay(bench, recording, "pretty"),
  });
  const jq = secondsOf(results.jq);
  const formats = Object.keys(REPLAY_GOALS) as ReplayFormat[];
  return formats.flatMap((format): Row[] => {
    const seconds = secondsOf(results[format]);
    return [
      { name: `replay ${format}`, value: recording.bytes / 1e6 / median(seconds), unit: "MB/s" },
      {
        name: `replay ${format}, compared with jq`,
        value: medianRatio(jq, seconds),
        unit: "x",
        goal: { atLeast: REPLAY_GOALS[format] },
      },
    ];
  });
}

/** Measures `jq -c .`. */
export async function replayWithJq(
  { sandbox }: Pick<Bench, "sandbox">,
  recording: Recording,
): Promise<Measurement> {
  const result = await measure(["jq", "-c", ".", recording.path], { sandbox });
  assertLines("jq", result, recording.lines);
  return result;
}

/** Measures a replay by ccrun. */
export async function replay(
  { sandbox }: Pick<Bench, "sandbox">,
  recording: Recording,
  format: ReplayFormat,
): Promise<Measurement> {
  const program = await ccrun("replay", "--format", ...format.split(" "), recording.path);
  const result = await measure(program, { sandbox });
  assertLines(format, result, format === "pretty" ? 1 : recording.blocks);
  return result;
}

/** Fails if a program did not do all of its work. */
export function assertLines(name: string, result: Measurement, least: number): void {
  const lines = countedLines(result);
  if (lines < least) throw new Error(`${name}: ${lines} lines of output instead of ${least}`);
}

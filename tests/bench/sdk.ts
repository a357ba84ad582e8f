/**
 * Runs a fake claude that writes as fast as it can, compared with the Agent SDK on the same stream.
 *
 * @module
 */

import { agentSdkPath } from "../support/agent_sdk.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type Bench, measureInTurns, secondsOf } from "./bench.ts";
import { SDK_GOAL } from "./goals.ts";
import { ccrun, measure, PROMPT } from "./measure.ts";
import { writeRecording } from "./recording.ts";
import { assertLines } from "./replay.ts";
import { median, medianRatio, type Row } from "./results.ts";

/** Measures how fast a run passes on the stream of claude. */
export async function sdkSection(bench: Bench): Promise<readonly Row[]> {
  const { sandbox, megabytes } = bench;
  const sdk = `${await agentSdkPath((name) => bench.log(`installing ${name}`))}/sdk.mjs`;
  const recording = await writeRecording(`${sandbox.root}/run.jsonl`, megabytes);
  // Both keep stdin open until the result, so the fake claude reads one line and no more.
  const claude = await fakeClaude(sandbox, `read -r line; exec cat '${recording.path}'`);
  const results = await measureInTurns(bench, {
    "Agent SDK": async () => {
      const query = `${REPOSITORY}/tests/bench/sdk_query.mjs`;
      const result = await measure(["node", query, sdk, claude], { sandbox });
      assertLines("Agent SDK", result, recording.lines);
      return result;
    },
    "ccrun": async () => {
      const program = await ccrun("--json", "--partial", "--claude", claude, ...PROMPT);
      const result = await measure(program, { sandbox });
      assertLines("ccrun", result, recording.blocks);
      return result;
    },
  });
  const [sdkSeconds, seconds] = [secondsOf(results["Agent SDK"]), secondsOf(results["ccrun"])];
  const rate = (name: string, seconds: readonly number[]): Row => ({
    name: `run, ${name}`,
    value: recording.bytes / 1e6 / median(seconds),
    unit: "MB/s",
  });
  return [
    rate("Agent SDK", sdkSeconds),
    rate("ccrun", seconds),
    {
      name: "run, compared with the Agent SDK",
      value: medianRatio(sdkSeconds, seconds),
      unit: "x",
      goal: SDK_GOAL,
    },
  ];
}

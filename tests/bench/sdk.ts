/**
 * Runs a fake claude that writes as fast as it can, compared with the Agent SDK on the same stream.
 *
 * @module
 */

import { npmInstall } from "../support/claude.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { makeOnce } from "../support/make_once.ts";
import { cacheFolder, REPOSITORY } from "../support/paths.ts";
import { type Bench, measureInTurns, secondsOf } from "./bench.ts";
import { SDK_GOAL } from "./goals.ts";
import { ccrun, measure, PROMPT } from "./measure.ts";
import { writeRecording } from "./recording.ts";
import { assertLines } from "./replay.ts";
import { median, medianRatio, type Row } from "./results.ts";

const SDK_PACKAGE = "@anthropic-ai/claude-agent-sdk";
const SDK_VERSION = "0.3.332";

/** Measures how fast a run passes on the stream of claude. */
export async function sdkSection(bench: Bench): Promise<readonly Row[]> {
  const { sandbox, megabytes } = bench;
  const sdk = await installSdk(bench);
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

/** Returns the path of the SDK's module. It is not in deno.json because its executables are large. */
async function installSdk(bench: Bench): Promise<string> {
  const folder = `${cacheFolder()}/agent-sdk-${SDK_VERSION}`;
  await makeOnce(folder, async (draft) => {
    bench.log(`installing ${SDK_PACKAGE}@${SDK_VERSION}`);
    await npmInstall(`${SDK_PACKAGE}@${SDK_VERSION}`, draft);
  });
  return await Deno.realPath(`${folder}/node_modules/${SDK_PACKAGE}/sdk.mjs`);
}

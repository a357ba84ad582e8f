/**
 * Measures the speed of ccrun as ratios in one run.
 *
 *     deno task bench [SECTION...] [--megabytes 100] [--rounds 3] [--tasks 10000]
 *
 * The sections are replay, sdk, latency, startup, overhead, memory, conversations and batch. The exit
 * code is 1 if a goal is missed.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { makeSandbox } from "../support/sandbox.ts";
import { batchSection } from "./batch.ts";
import type { Section } from "./bench.ts";
import { conversationsSection } from "./conversations.ts";
import { latencySection } from "./latency.ts";
import { memorySection } from "./memory.ts";
import { overheadSection } from "./overhead.ts";
import { replaySection } from "./replay.ts";
import { formatTable, meets, type Row } from "./results.ts";
import { sdkSection } from "./sdk.ts";
import { startupSection } from "./startup.ts";

const SECTIONS: { readonly [name: string]: Section } = {
  replay: replaySection,
  sdk: sdkSection,
  latency: latencySection,
  startup: startupSection,
  overhead: overheadSection,
  memory: memorySection,
  conversations: conversationsSection,
  batch: batchSection,
};

function fail(message: string): never {
  console.error(`bench: ${message}`);
  Deno.exit(2);
}

const args = parseArgs(Deno.args, { string: ["megabytes", "rounds", "tasks"] });
const names = args._.length > 0 ? args._.map(String) : Object.keys(SECTIONS);
const unknown = names.find((name) => !Object.hasOwn(SECTIONS, name));
if (unknown !== undefined) fail(`unknown section ${unknown}`);
const megabytes = Number(args["megabytes"] ?? 100);
const rounds = Number(args["rounds"] ?? 3);
const tasks = Number(args["tasks"] ?? 10_000);
if (!(megabytes > 0)) fail("--megabytes must be a positive number");
if (!(Number.isInteger(rounds) && rounds > 0)) fail("--rounds must be a positive integer");
if (!(Number.isInteger(tasks) && tasks > 0)) fail("--tasks must be a positive integer");

const sandbox = await makeSandbox();
Deno.addSignalListener("SIGINT", async () => {
  await sandbox[Symbol.asyncDispose]();
  Deno.exit(130);
});
const rows: Row[] = [];
try {
  for (const name of names) {
    const log = (line: string) => console.error(`${name}: ${line}`);
    rows.push(...await SECTIONS[name]!({ sandbox, megabytes, rounds, tasks, log }));
  }
} finally {
  await sandbox[Symbol.asyncDispose]();
}
console.log(formatTable(rows));
Deno.exit(rows.every(({ value, goal }) => goal === undefined || meets(value, goal)) ? 0 : 1);

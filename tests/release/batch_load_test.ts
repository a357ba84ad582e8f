/**
 * Many tasks in `ccrun batch`. `deno task bench batch` runs more.
 *
 * @module
 */

import { assert } from "@std/assert";
import { runBatchLoad } from "../support/batch_load.ts";
import { testWith } from "../support/test_with.ts";

const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc";

/** Twice the goal of the benchmark, because other tests keep the machine busy. */
const MAX_CPU_MS = 80;

const MAX_MEGABYTES = 200;

testWith(
  { unless: NO_PROC },
  "ccrun batch runs 500 tasks once each, with little CPU time and memory of its own",
  async () => {
    const { cpuMs, megabytes } = await runBatchLoad({ tasks: 500, jobs: 8 });
    assert(cpuMs < MAX_CPU_MS, `${cpuMs.toFixed(0)} ms of CPU time a task`);
    assert(Math.max(...megabytes) < MAX_MEGABYTES, `${Math.max(...megabytes)} MB`);
  },
);

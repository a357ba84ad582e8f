/**
 * Many conversations and requests in `ccrun serve`. `deno task bench conversations` runs more.
 *
 * @module
 */

import { assert } from "@std/assert";
import { runServeLoad } from "../support/serve_load.ts";
import { testWith } from "../support/test_with.ts";

const NO_PROC = Deno.build.os === "linux" ? undefined : "no /proc";

testWith(
  { unless: NO_PROC },
  "ccrun serve needs little memory for many conversations, and keeps to its processes",
  async () => {
    const { megabytes, processes } = await runServeLoad({
      conversations: 50,
      turns: 3,
      jobs: 4,
      maxProcesses: 4,
    });
    assert(Math.max(...megabytes) < 150, `${Math.max(...megabytes)} MB`);
    assert(processes > 1 && processes <= 4, `${processes} claudes`);
  },
);

testWith(
  { unless: NO_PROC },
  "ccrun serve answers 500 requests once each, in the order of their conversations",
  async () => {
    await runServeLoad({ conversations: 10, turns: 50, jobs: 4, maxProcesses: 10 });
  },
);

import { assertEquals } from "@std/assert";
import { denoVariables } from "./ccrun.ts";
import { REPOSITORY } from "./paths.ts";
import { startProcess } from "./running_process.ts";
import { makeSandbox } from "./sandbox.ts";
import { testWith } from "./test_with.ts";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

/** Prints which signals end the processes of a sandbox. */
const PROGRAM = `
import { startProcess } from "${REPOSITORY}/tests/support/running_process.ts";
import { makeSandbox } from "${REPOSITORY}/tests/support/sandbox.ts";
await using sandbox = await makeSandbox();
for (const signal of ${JSON.stringify(SIGNALS)}) {
  const kill = "kill -" + signal.slice(3) + " $$";
  await using process = startProcess(["/bin/sh", "-c", kill], { sandbox });
  console.log((await process.finished).signal);
}
`;

testWith(
  { unless: Deno.build.os === "windows" ? "Windows has no /bin/sh" : undefined },
  "tests that are started with ignored signals, as by nohup, start processes that do not ignore them",
  async () => {
    await using sandbox = await makeSandbox();
    const run = "run -A --quiet --cached-only --config";
    const script = `trap '' HUP INT QUIT TERM; exec "$0" ${run} "$1" -`;
    const config = `${REPOSITORY}/deno.json`;
    await using process = startProcess(["/bin/sh", "-c", script, Deno.execPath(), config], {
      sandbox,
      env: await denoVariables(),
      stdin: PROGRAM,
    });
    const { stdout, stderr } = await process.finished;
    assertEquals(stdout, SIGNALS.map((signal) => `${signal}\n`).join(""), stderr);
  },
);

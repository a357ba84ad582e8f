/**
 * What is left of a pool when its program ends without disposing of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { denoVariables } from "../support/ccrun.ts";
import { claudeProcesses } from "../support/claude_processes.ts";
import { conversingClaude } from "../support/conversing_claude.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { REPOSITORY } from "../support/paths.ts";
import { childrenOf, living } from "../support/process_table.ts";
import { type RunningProcess, startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { temporaryFiles } from "./scene.ts";

/** Longer than any step takes on a loaded machine. */
const LIMIT_MS = 30_000;

/** Returns a program that has an idle claude and a busy one, and exits when its stdin ends. */
const programWith = (claude: string) => `
import { ClaudeSessionPool } from "${REPOSITORY}/lib/mod.ts";

const pool = new ClaudeSessionPool({ claudePath: "${claude}", settings: '{"env":{"KEY":"secret"}}' });
await Array.fromAsync(pool.get("pending_idle").session.run("one"));
(async () => {
  for await (const event of pool.get("pending_busy").session.run("hang")) {
    if (event.type === "session_info") console.log("idle and busy");
  }
})();
await Array.fromAsync(Deno.stdin.readable);
Deno.exit();
`;

const ENDINGS: Readonly<Record<string, (program: RunningProcess) => unknown>> = {
  "is killed with SIGKILL": (program) => program.kill("SIGKILL"),
  "is killed with SIGTERM": (program) => program.kill("SIGTERM"),
  "exits": (program) => program.closeStdin(),
};

for (const [ending, end] of Object.entries(ENDINGS)) {
  Deno.test(`nothing is left of a pool whose program ${ending}`, async () => {
    await using sandbox = await makeSandbox();
    const claude = await conversingClaude(sandbox);
    // The claudes exit when their stdin ends, and this process does not.
    const body = `sleep 377 >/dev/null 2>&1 & exec ${claude} "$@"`;
    const claudeWithTask = await fakeClaude(sandbox, body);
    const path = `${sandbox.root}/program.ts`;
    await Deno.writeTextFile(path, programWith(claudeWithTask));
    const config = `--config=${REPOSITORY}/deno.json`;
    const args = ["run", "-A", "--no-check", "--quiet", config, path];
    const env = await denoVariables();
    await using program = startProcess([Deno.execPath(), ...args], { sandbox, env, stdin: "open" });
    await program.stdoutUntil("idle and busy");
    assertEquals((await claudeProcesses(sandbox, claude)).length, 2);
    const guardians = (await childrenOf(program.pid))
      .filter(({ command }) => command.endsWith("ccrun-guardian")).map(({ pid }) => pid);
    assertEquals(guardians.length, 2);

    await end(program);
    await program.finished;
    await sandbox.assertNothingLeft(LIMIT_MS);
    const areGone = async () => (await living(guardians)).length === 0;
    assert(await waitFor(areGone, LIMIT_MS), "a guardian still runs");
    assertEquals(await temporaryFiles(sandbox), []);
  });
}

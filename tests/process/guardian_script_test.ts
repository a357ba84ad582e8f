/**
 * Checks the shell scripts of the repository with shellcheck, if it is installed, and how the
 * guardian's script is passed to the shell.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createRunToken } from "../../lib/process/run_token.ts";
import { spawnGuardian } from "../../lib/process/spawn_guardian.ts";
import { REPOSITORY } from "../support/paths.ts";
import { processTable } from "../support/process_table.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { hasCommand } from "../support/test_with.ts";

const SCRIPTS = ["lib/process/guardian.sh", ".ci/run", ".ci/release"];

const isInstalled = hasCommand("shellcheck");
if (!isInstalled) console.log("shellcheck is not installed: the shell scripts are not checked");

for (const script of SCRIPTS) {
  Deno.test({
    name: `shellcheck accepts ${script}`,
    ignore: !isInstalled,
    async fn() {
      const { stdout } = await new Deno.Command("shellcheck", {
        args: [`${REPOSITORY}/${script}`],
      }).output();
      assertEquals(new TextDecoder().decode(stdout), "");
    },
  });
}

Deno.test("spawnGuardian keeps the script out of argv, where `pkill -f` would match its words", async () => {
  await using sandbox = await makeSandbox();
  const options = { token: createRunToken(), env: sandbox.env(), graceMs: 0 };
  const guardian = spawnGuardian(options);
  const { command = "" } = (await processTable()).find(({ pid }) => pid === guardian.pid) ?? {};
  // Without a command on stdin it exits as if ccrun had died.
  await Promise.all([guardian.stdin.close(), guardian.stdout.cancel()]);
  await guardian.status;
  assert(command.includes("ccrun-guardian"), command);
  assert(command.length < 100, command);
});

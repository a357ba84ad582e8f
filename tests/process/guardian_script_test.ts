/** Checks the shell scripts of the repository with shellcheck, if it is installed. */
import { assertEquals } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { hasCommand } from "../support/test_with.ts";

const SCRIPTS = [
  "lib/process/processes.sh",
  "lib/process/guardian.sh",
  ".ci/run",
  ".ci/release",
  ".github/install.sh",
];

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

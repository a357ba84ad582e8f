/**
 * Types the lines of the README that install ccrun into real shells in a terminal.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TERMINAL } from "../e2e/in_terminal.ts";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { makeFakeRelease, RELEASE_OUTPUT } from "../support/fake_release.ts";
import { documentSection, fences } from "../support/readme.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox, SANDBOX_PATH } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const BLOCKS = fences(documentSection("README.md", "## Install") ?? "", "sh")
  .filter((block) => block.includes("curl"));

const SHELLS = ["bash --norc", "zsh -f", "fish"];

/** Types a block into an interactive shell. Returns what the terminal shows, and the status of the block. */
async function type(block: string, shell: string, sandbox: Sandbox): Promise<ProcessResult> {
  await using process = startProcess(["script", "-qec", `${shell} -i`, "/dev/null"], {
    sandbox,
    stdin: "open",
    env: { PATH: `${sandbox.bin}:${SANDBOX_PATH}`, TERM: "xterm" },
  });
  await process.write(`${block}exit\n`);
  return await process.finished;
}

Deno.test("the README has two ways to install without npm", () => {
  assertEquals(BLOCKS.length, 2);
});

for (const shell of SHELLS) {
  const [name = ""] = shell.split(" ");
  const needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], name, "sha256sum"] };

  testWith(needs, `the README's lines install ccrun in ${name}`, async () => {
    for (const block of BLOCKS) {
      await using sandbox = await makeSandbox();
      await makeFakeRelease(sandbox);
      const { stdout: shown, code } = await type(block, shell, sandbox);
      assertEquals(code, 0, shown);
      const path = `${sandbox.home}/.local/bin/ccrun`;
      const { stdout } = await new Deno.Command(path).output();
      assertEquals(new TextDecoder().decode(stdout), `${RELEASE_OUTPUT}\n`);
    }
  });

  testWith(
    needs,
    `the README's lines install nothing in ${name} if a checksum is wrong`,
    async () => {
      for (const block of BLOCKS) {
        for (const hasOld of [false, true]) {
          await using sandbox = await makeSandbox();
          const { files } = await makeFakeRelease(sandbox);
          await Deno.writeTextFile(`${files}/ccrun-x86_64-unknown-linux-gnu.tar.gz`, "x", {
            append: true,
          });
          const directory = `${sandbox.home}/.local/bin`;
          if (hasOld) {
            await Deno.mkdir(directory, { recursive: true });
            await writeExecutable(`${directory}/ccrun`, "old");
          }
          const { stdout: shown, code } = await type(block, shell, sandbox);
          assertEquals(code, 1, shown);
          assertStringIncludes(shown, "checksum");
          assertEquals(await exists(directory), hasOld, shown);
          if (hasOld) assertEquals(await Deno.readTextFile(`${directory}/ccrun`), "old", shown);
        }
      }
    },
  );
}

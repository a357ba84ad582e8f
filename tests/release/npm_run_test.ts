/**
 * Running a ccrun that was installed with npm: its launcher replaces itself by the binary, or runs the
 * binary as a child if Node has no `process.execve`.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { allSuspended, living, readCommand } from "../support/process_table.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANSWER, STORY, withFake } from "../e2e/fake_scene.ts";
import { inTerminal, TERMINAL } from "../e2e/in_terminal.ts";
import { assertNothingLeft, withScene } from "../e2e/scene.ts";
import {
  assertContinuesUnderNohup,
  NOHUP,
  NOTES,
  PLAIN,
  REPORT_END,
  signalsOf,
  STOPPING,
} from "../e2e/signal_scene.ts";
import { linkNpm } from "./npm_user.ts";
import { installedPrefix, removeInstalled, testWays } from "./npm_ways.ts";

Deno.test.afterAll(removeInstalled);

/** Longer than it takes to suspend a run, even on a busy machine. */
const STOPPED_WITHIN_MS = 30_000;

testWays({}, "prints the answer of the real Claude Code", async (way) => {
  await withScene([text("Grüße.")], async ({ run, sandbox }) => {
    const options = await way.prepare(sandbox);
    const { code, stdout, stderr } = await run(["-q", "Greet me."], options);
    assertEquals([code, stdout, stderr], [0, "Grüße.\n", ""]);
  });
});

testWays({}, "gets the same arguments and streams as without npm", async (way) => {
  await withFake(STORY, async ({ run, shell, sandbox, prompt }) => {
    const options = await way.prepare(sandbox);
    const prompts = ["Grüße", "", " two  words\n", `"quoted" $HOME 'x'`];
    assertEquals((await run(["-q", ...prompts], options)).stdout, `${ANSWER}\n`);
    assertEquals(await prompt(), prompts.join(" "));
    for (const args of [[], [""], ["--no-such-option"], ["doctor", "x"], ["--", ""]]) {
      const { code, stdout, stderr } = await run(args, options);
      const direct = await run(args);
      assertEquals([code, stdout, stderr], [direct.code, direct.stdout, direct.stderr]);
    }
    const { stdout, stderr } = await shell(
      `answer=$(echo "from stdin" | ccrun -q); echo "<$answer> $?"
      ccrun --json hi | head -1 | cut -c 1; ccrun -q hi <&- 2>&-; ccrun -q hi >&-; echo $?`,
      options,
    );
    assertEquals([stdout, stderr], [`<${ANSWER}> 0\n{\n${ANSWER}\n0\n`, ""]);
  });
});

testWays({ commands: ["zsh"] }, "reads a file that zsh passes as a descriptor", async (way) => {
  await withFake(STORY, async ({ sandbox, prompt, shell }) => {
    const options = await way.prepare(sandbox);
    const { stdout, code } = await shell(
      `zsh -c 'ccrun -q --prompt-file <(echo "from zsh")'`,
      options,
    );
    assertEquals([stdout, code], [`${ANSWER}\n`, 0]);
    assertEquals(await prompt(), "from zsh\n");
  });
});

testWays(
  { commands: ["setsid"] },
  "stops on SIGTERM, also if the whole process group gets it",
  async (way) => {
    for (const isGroup of [false, true]) {
      await withFake(NOTES, async ({ startShell, sandbox, open }) => {
        const options = await way.prepare(sandbox);
        await using ccrun = await startShell("exec setsid ccrun --grace 60s hi", options);
        await ccrun.stderrUntil("Bash  wait");
        const isNode = readCommand(ccrun.pid).startsWith("node ");
        assertEquals(isNode, way.isChild, readCommand(ccrun.pid));
        Deno.kill(isGroup ? -ccrun.pid : ccrun.pid, "SIGTERM");
        await ccrun.stderrUntil(STOPPING);
        await open("go");
        const { code, signal } = await ccrun.finished;
        assertEquals([code, signal], [143, null]);
        assertEquals(await signalsOf(sandbox), "INT\n");
        await assertNothingLeft(sandbox);
      });
    }
  },
);

testWays({}, "leaves no process if SIGKILL ends the process that was started", async (way) => {
  await withFake(NOTES, async ({ startShell, sandbox }) => {
    const options = await way.prepare(sandbox);
    await using ccrun = await startShell("exec ccrun --grace 200ms hi", options);
    await ccrun.stderrUntil("Bash  wait");
    ccrun.kill("SIGKILL");
    await ccrun.finished;
    await assertNothingLeft(sandbox);
  });
});

for (const start of ["ccrun", "npx --no -- ccrun"]) {
  testWays(
    TERMINAL,
    `gets one signal of Ctrl-C and dies of it, started as \`${start}\``,
    async (way) => {
      await withFake(NOTES, async (scene) => {
        const { sandbox } = scene;
        const { binary, env } = await way.prepare(sandbox);
        await linkNpm(sandbox.bin);
        await Deno.writeTextFile(
          `${sandbox.home}/.npmrc`,
          `prefix=${await installedPrefix()}\nupdate-notifier=false\n`,
        );
        const run = `${REPORT_END} report_end ${start} --grace 60s hi`;
        await using terminal = await inTerminal(scene, run, { ...PLAIN, binary, env });
        await terminal.stdoutUntil("Bash  wait");
        await terminal.write("\x03");
        await terminal.stdoutUntil(STOPPING);
        await scene.open("go");
        const { stdout } = await terminal.finished;
        assertStringIncludes(stdout, "error: stopped by SIGINT");
        assertStringIncludes(stdout, "ended with null by SIGINT");
        assertEquals(await signalsOf(sandbox), "INT\n");
        await assertNothingLeft(sandbox);
      });
    },
  );
}

testWays(TERMINAL, "is suspended by Ctrl-Z and resumed by fg", async (way) => {
  await withFake(NOTES, async (scene) => {
    const { sandbox } = scene;
    const script = `set -m
      ccrun hi; echo "job $?"
      read -r line
      fg >/dev/null; echo "code $?"`;
    const options = await way.prepare(sandbox);
    await using terminal = await inTerminal(scene, script, { ...PLAIN, ...options });
    await terminal.stdoutUntil("Bash  wait");
    await terminal.write("\x1a");
    await terminal.stdoutUntil("job 14");
    const isSuspended = await waitFor(async () => {
      const found = await living(await sandbox.processes());
      return allSuspended(
        found.filter(({ command }) => !/in-terminal\.sh|read -r line/.test(command)),
      );
    }, STOPPED_WITHIN_MS);
    assert(isSuspended, terminal.stdout());
    await scene.open("go");
    await terminal.write("\n");
    const { stdout } = await terminal.finished;
    assertStringIncludes(stdout, "code 0\r\n");
    assertStringIncludes(stdout, ANSWER);
    await assertNothingLeft(sandbox);
  });
});

testWays(
  NOHUP,
  "continues under nohup after its terminal is closed",
  (way) => assertContinuesUnderNohup((sandbox) => way.prepare(sandbox)),
);

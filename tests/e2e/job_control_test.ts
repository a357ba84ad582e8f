/**
 * Ctrl-Z and `fg` suspend and resume a whole run.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { text } from "../support/api_reply.ts";
import type { RunningCcrun } from "../support/ccrun.ts";
import { emit, initLine, resultLine, textLine } from "../support/fake_claude.ts";
import { allSuspended, living, type ProcessEntry } from "../support/process_table.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANSWER, gate, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { assertNothingLeft, bash, toolStarted, withScene } from "./scene.ts";
import { PLAIN, WAITING } from "./signal_scene.ts";

/** Runs ccrun as a job of a shell. After Ctrl-Z, the shell waits for a line and then runs `fg`. */
function asJob(command: string): string {
  return `set -m
    ${command}; echo "job $?"
    read -r line
    fg >/dev/null; echo "code $?"`;
}

/** Longer than it takes to suspend a run, even on a busy machine. */
const STOPPED_WITHIN_MS = 30_000;

/** How long to wait before Ctrl-Z is pressed again, in milliseconds. */
const PRESSED_AGAIN_MS = 1000;

/** Returns the processes of a run without the terminal and its shell. */
async function processesOf(sandbox: Sandbox): Promise<readonly ProcessEntry[]> {
  const found = await living(await sandbox.processes());
  return found.filter(({ command }) => !command.includes("in-terminal.sh"));
}

/** Types Ctrl-Z and waits until ccrun and all its descendants are suspended. */
async function suspend(terminal: RunningCcrun, sandbox: Sandbox) {
  await terminal.write("\x1a");
  await terminal.stdoutUntil((text) => /job \d/.test(text));
  let found: readonly ProcessEntry[] = [];
  const isStopped = await waitFor(async () => {
    found = await processesOf(sandbox);
    return allSuspended(found);
  }, STOPPED_WITHIN_MS);
  assert(isStopped, JSON.stringify(found, undefined, 1));
  return found;
}

testWith(
  TERMINAL,
  "Ctrl-Z suspends ccrun, the real claude and its tool, and fg resumes them",
  async () => {
    const tool = bash("touch started; until [ -e go ]; do sleep 0.05; done; echo done >out.txt");
    await withScene([tool, text(ANSWER)], async (scene) => {
      const { sandbox, api, claude } = scene;
      const { project } = sandbox;
      const command = "ccrun --dangerously-skip-permissions Wait.";
      await using terminal = await inTerminal(scene, asJob(command), {
        apiUrl: api.url,
        env: { CCRUN_CLAUDE: claude },
        ...PLAIN,
      });
      await toolStarted(sandbox);
      const stopped = await suspend(terminal, sandbox);
      // At least ccrun, claude and the shell of the tool.
      assert(stopped.length >= 3, JSON.stringify(stopped));
      assert(stopped.some(({ command }) => command.includes("until [ -e go ]")), "no tool");
      await Deno.writeTextFile(`${project}/go`, "");
      await terminal.write("\n");
      const { stdout } = await terminal.finished;
      assertStringIncludes(stdout, "code 0\r\n");
      assertStringIncludes(stdout, ANSWER);
      assertEquals(await Deno.readTextFile(`${project}/out.txt`), "done\n");
      await assertNothingLeft(sandbox);
    });
  },
);

/** Far more than the fake needs between two gates, in seconds. */
const LIMIT_S = 5;

testWith(TERMINAL, "Ctrl-Z also suspends the time limits of a run", async () => {
  const body = `${emit(initLine(), WAITING)}${gate("go")}
    ${emit(textLine(ANSWER), resultLine({ result: ANSWER }))}`;
  await withFake(body, async (scene) => {
    const command = `ccrun --timeout ${LIMIT_S}s --idle-timeout ${LIMIT_S}s --json hi`;
    await using terminal = await inTerminal(scene, asJob(command), { columns: 10_000 });
    await terminal.stdoutUntil("tool_use");
    const stopped = await suspend(terminal, scene.sandbox);
    assert(stopped.length >= 2);
    // Longer than both limits.
    await delay(LIMIT_S * 1000 + 500);
    await scene.open("go");
    await terminal.write("\n");
    const { stdout } = await terminal.finished;
    assertStringIncludes(stdout, "code 0\r\n");
    const [, ms] = /"type":"exit".*"duration_ms":(\d+)/.exec(stdout) ?? [];
    assert(Number(ms) < LIMIT_S * 1000, stdout);
  });
});

testWith(
  TERMINAL,
  "Ctrl-Z works again after fg, and Ctrl-C stops a run that was resumed",
  async () => {
    const body = `trap 'exit 1' INT; ${emit(initLine(), WAITING)}${gate("never")}`;
    await withFake(body, async (scene) => {
      const { sandbox } = scene;
      const again = `read -r line; fg >/dev/null; echo "code $?"`;
      const script = `${asJob("ccrun hi")}\n${again}`;
      await using terminal = await inTerminal(scene, script, PLAIN);
      await terminal.stdoutUntil("Bash  wait");
      await suspend(terminal, sandbox);
      await terminal.write("\n");
      const isResumed = async () =>
        (await processesOf(sandbox)).every(({ state }) => state !== "T");
      assert(
        await waitFor(isResumed, STOPPED_WITHIN_MS),
        JSON.stringify(await processesOf(sandbox)),
      );
      // Pressed repeatedly, because ccrun handles Ctrl-Z again a moment after it has resumed the others.
      const hasStopped = () => /code 14\d/.test(terminal.stdout());
      const isSuspended = await waitFor(async () => {
        await terminal.write("\x1a\x1a");
        return await waitFor(hasStopped, PRESSED_AGAIN_MS);
      }, STOPPED_WITHIN_MS);
      assert(isSuspended, terminal.stdout());
      await terminal.write("\n");
      assert(
        await waitFor(isResumed, STOPPED_WITHIN_MS),
        JSON.stringify(await processesOf(sandbox)),
      );
      await terminal.write("\x03");
      const { stdout, code } = await terminal.finished;
      assertStringIncludes(stdout, "error: stopped by SIGINT");
      assertEquals(code, 130);
      await assertNothingLeft(sandbox);
    });
  },
);

testWith(TERMINAL, "kill stops a suspended job", async () => {
  const body = `trap 'exit 1' INT; ${emit(initLine(), WAITING)}${gate("never")}`;
  await withFake(body, async (scene) => {
    const script = `set -m
      ccrun hi; echo "job $?"
      read -r line
      kill %1; wait %1; echo "code $?"`;
    await using terminal = await inTerminal(scene, script, PLAIN);
    await terminal.stdoutUntil("Bash  wait");
    await suspend(terminal, scene.sandbox);
    await terminal.write("\n");
    const { stdout } = await terminal.finished;
    assertStringIncludes(stdout, "code 143\r\n");
    await assertNothingLeft(scene.sandbox);
  });
});

testWith(
  TERMINAL,
  "Ctrl-Z has no effect if no shell can resume the run",
  async () => {
    const body = `${emit(initLine(), WAITING)}${gate("go")}
      ${emit(textLine(ANSWER), resultLine({ result: ANSWER }))}`;
    await withFake(body, async (scene) => {
      // The session leader has no shell above it.
      await using terminal = await inTerminal(scene, "exec ccrun hi", {
        ...PLAIN,
        as: "leader",
        limitMs: STOPPED_WITHIN_MS,
      });
      await terminal.stdoutUntil("Bash  wait");
      await terminal.write("\x1a");
      // The live line is still updated.
      await terminal.stdoutUntil((text) =>
        (text.split("^Z")[1] ?? "").split("Bash wait").length > 10
      );
      await scene.open("go");
      const { stdout, code } = await terminal.finished;
      assertStringIncludes(stdout, ANSWER);
      assertEquals(code, 0);
    });
  },
);

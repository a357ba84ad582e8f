/**
 * Ctrl-C, Ctrl-\, and closing the terminal.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { emit, initLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { gate, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { assertNothingLeft, bash, toolStarted, withScene } from "./scene.ts";
import {
  assertContinuesUnderNohup,
  NOHUP,
  NOTES,
  PLAIN,
  REPORT_END,
  signalsOf,
  STOPPING,
  WAITING,
} from "./signal_scene.ts";

/** More than any test takes, and less than the grace period of 60 s, which must not pass. */
const BEFORE_GRACE = { limitMs: 50_000 };

/** Ignores signals, and so does its child in another session. */
const STUBBORN = `trap '' HUP INT QUIT TERM
  setsid sh -c 'while :; do sleep 0.05; done' &
  ${emit(initLine(), WAITING)}while :; do sleep 0.05; done`;

/** Exits at once on SIGINT. */
const OBEDIENT = `trap 'exit 1' INT; ${emit(initLine(), WAITING)}${gate("never")}`;

const STOP_KEYS = [
  {
    name: "Ctrl-C in a terminal stops claude with one signal, and ccrun then dies of SIGINT",
    key: "\x03",
    signal: "SIGINT",
    end: "ended with null by SIGINT",
  },
  {
    name: "Ctrl-\\ in a terminal stops claude with one SIGINT, and ccrun then exits with 131",
    key: "\x1c",
    signal: "SIGQUIT",
    end: "ended with 131 by null",
  },
] as const;

for (const { name, key, signal, end } of STOP_KEYS) {
  testWith(TERMINAL, name, async () => {
    await withFake(NOTES, async (scene) => {
      const run = `${REPORT_END} report_end ccrun --grace 60s hi`;
      await using terminal = await inTerminal(scene, run, PLAIN);
      await terminal.stdoutUntil("Bash  wait");
      await terminal.write(key);
      await terminal.stdoutUntil(STOPPING);
      assertEquals(await signalsOf(scene.sandbox), "INT\n");
      await scene.open("go");
      const { stdout } = await terminal.finished;
      assertStringIncludes(stdout, `error: stopped by ${signal}`);
      assertStringIncludes(stdout, end);
      assertEquals(await signalsOf(scene.sandbox), "INT\n");
      await assertNothingLeft(scene.sandbox);
    });
  });
}

testWith(
  TERMINAL,
  "Ctrl-C in a terminal stops the real claude, shows the cost, and leaves no process",
  async () => {
    await withScene([bash("touch started; sleep 377")], async (scene) => {
      const { sandbox, api, claude } = scene;
      await using terminal = await inTerminal(
        scene,
        `${REPORT_END} report_end ccrun --dangerously-skip-permissions Wait.`,
        { apiUrl: api.url, env: { CCRUN_CLAUDE: claude }, ...PLAIN },
      );
      await toolStarted(sandbox);
      await terminal.write("\x03");
      const { stdout } = await terminal.finished;
      await assertNothingLeft(sandbox);
      assertStringIncludes(stdout, "ended with null by SIGINT");
      assertStringIncludes(stdout, "resume with: ccrun --resume ");
      assertMatch(stdout, /✗ interrupt · /);
    });
  },
);

testWith(TERMINAL, "Ctrl-C ends a loop over ccrun in a script, and the script", async () => {
  await withFake(OBEDIENT, async (scene) => {
    const loop = `for i in 1 2 3; do echo "turn $i"; ccrun hi; done; echo over`;
    await using terminal = await inTerminal(scene, loop, PLAIN);
    await terminal.stdoutUntil("Bash  wait");
    await terminal.write("\x03");
    const { stdout, code } = await terminal.finished;
    assertEquals(code, 130);
    assertStringIncludes(stdout, "turn 1");
    assert(!/turn 2|over/.test(stdout), stdout);
    await assertNothingLeft(scene.sandbox);
  });
});

testWith(
  TERMINAL,
  "Ctrl-C ends a loop over ccrun in an interactive shell, but not the shell",
  async () => {
    await withFake(OBEDIENT, async (scene) => {
      await using terminal = await inTerminal(scene, "PS1='ready> '", {
        ...PLAIN,
        as: "interactive",
      });
      await terminal.stdoutUntil("ready> ");
      await terminal.write("for i in 1 2 3; do echo turn_$((i + 40)); ccrun hi; done\n");
      await terminal.stdoutUntil("Bash  wait");
      await terminal.write("\x03");
      await terminal.stdoutUntil((text) => text.trimEnd().endsWith("ready>"));
      await terminal.write("exit 7\n");
      const { stdout, code } = await terminal.finished;
      assertStringIncludes(stdout, "turn_41");
      assert(!stdout.includes("turn_42"), stdout);
      assertEquals(code, 7);
      await assertNothingLeft(scene.sandbox);
    });
  },
);

testWith(TERMINAL, "Ctrl-C ends a loop while ccrun reads the terminal", async () => {
  await withFake(OBEDIENT, async (scene) => {
    await using terminal = await inTerminal(
      scene,
      `for i in 1 2 3; do echo "turn $i"; ccrun -; done; echo over`,
    );
    await terminal.stdoutUntil("waiting for stdin");
    await terminal.write("\x03");
    const { stdout, code } = await terminal.finished;
    assertEquals(code, 130);
    assertStringIncludes(stdout, "error: stopped by SIGINT");
    assert(!/turn 2|over/.test(stdout), stdout);
    assertEquals(await scene.prompt(), undefined, "claude was started");
  });
});

testWith(
  { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "setsid"] },
  "a second Ctrl-C kills a claude that ignores the first, before the grace period ends",
  async () => {
    await withFake(STUBBORN, async (scene) => {
      const run = `${REPORT_END} report_end ccrun --grace 60s hi`;
      await using terminal = await inTerminal(scene, run, { ...PLAIN, ...BEFORE_GRACE });
      await terminal.stdoutUntil("Bash  wait");
      await terminal.write("\x03");
      await terminal.stdoutUntil(STOPPING);
      await terminal.write("\x03");
      const { stdout } = await terminal.finished;
      await assertNothingLeft(scene.sandbox);
      assertStringIncludes(stdout, "error: stopped by SIGINT");
      assertStringIncludes(stdout, "ended with null by SIGINT");
    });
  },
);

testWith(
  { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "mkfifo", "dd"] },
  "Ctrl-C three times ends a run whose output is not read, and the loop of a script",
  async () => {
    const stubborn = `trap '' INT TERM; ${emit(initLine())}${gate("never")}`;
    await withFake(stubborn, async (scene) => {
      await using terminal = await inTerminal(
        scene,
        `mkfifo pipe; exec 3<>pipe; dd if=/dev/zero of=pipe oflag=nonblock bs=4096 2>/dev/null
         for i in 1 2 3; do echo "turn $i"; ccrun --debug --json --grace 60s hi >pipe; done; echo over`,
        BEFORE_GRACE,
      );
      await terminal.stdoutUntil("claude runs as process");
      await terminal.write("\x03");
      await terminal.stdoutUntil("stopping: interrupt");
      await terminal.write("\x03");
      // All processes have exited, but the pipe is still full. Some seconds later ccrun exits by itself,
      // which may come first on a loaded machine.
      await terminal.stdoutUntil("claude exited: ").catch(() => {});
      await terminal.write("\x03").catch(() => {});
      const { stdout, code } = await terminal.finished;
      assertEquals(code, 130);
      assert(!/turn 2|over/.test(stdout), stdout);
      await assertNothingLeft(scene.sandbox);
    });
  },
);

testWith(
  { commands: ["setsid"] },
  "ccrun without a terminal exits with 130 after SIGINT instead of dying of it",
  async () => {
    await withFake(OBEDIENT, async (scene) => {
      await using ccrun = await scene.startShell("exec setsid ccrun hi");
      await ccrun.stderrUntil("Bash  wait");
      ccrun.kill("SIGINT");
      const { code, signal, stderr } = await ccrun.finished;
      assertEquals([code, signal], [130, null], stderr);
      await assertNothingLeft(scene.sandbox);
    });
  },
);

testWith(TERMINAL, "closing the terminal stops a run and its processes", async () => {
  await withFake(`${emit(initLine(), WAITING)}sleep 377`, async (scene) => {
    await using terminal = await inTerminal(scene, "ccrun --grace 200ms hi", PLAIN);
    await terminal.stdoutUntil("Bash  wait");
    terminal.kill("SIGKILL");
    await terminal.finished;
    await assertNothingLeft(scene.sandbox);
  });
});

testWith(
  NOHUP,
  "nohup ccrun continues after its terminal is closed",
  () => assertContinuesUnderNohup(),
);

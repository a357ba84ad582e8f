/**
 * ccrun as PID 1 of a container.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { emit, initLine, toolUseLine } from "../support/fake_claude.ts";
import { childrenOf } from "../support/process_table.ts";
import { type Needs, succeeds, testWith } from "../support/test_with.ts";
import { ANSWER, gate, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { assertNothingLeft, bash, checked, eventsOf, toolStarted, withScene } from "./scene.ts";

/** Runs a command as PID 1 of a new namespace. */
const AS_FIRST = Deno.uid() === 0
  ? "unshare --pid --fork --mount-proc --kill-child"
  : "unshare --user --map-current-user --pid --fork --mount-proc --kill-child";

function missingSupport(): string | undefined {
  if (Deno.build.os !== "linux") return "only Linux has PID namespaces";
  const [command = "", ...args] = AS_FIRST.split(" ");
  return succeeds(command, ...args, "true") ? undefined : "unshare cannot create namespaces here";
}

const CONTAINER: Needs = { commands: ["nohup"], unless: missingSupport() };

/** Returns the child of unshare, which does not forward signals. */
async function firstOf(unshare: number): Promise<number> {
  const [child, ...more] = await childrenOf(unshare);
  assert(child !== undefined && more.length === 0);
  return child.pid;
}

testWith(CONTAINER, "ccrun as PID 1 exits on each signal and leaves nothing", async () => {
  // The kernel ignores a signal to PID 1 that has no handler.
  const signals = [
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const;
  const body = `nohup sleep 377 >nohup.out 2>&1 &
    ${emit(initLine())}touch started; exec sleep 377`;
  await withFake(body, async ({ startShell, sandbox }) => {
    for (const [signal, code] of signals) {
      await using unshare = await startShell(`exec ${AS_FIRST} ccrun --json Wait.`);
      await toolStarted(sandbox);
      Deno.kill(await firstOf(unshare.pid), signal);
      const run = checked(await unshare.finished);
      assertEquals([run.code, run.exit.signal], [code, signal]);
      await assertNothingLeft(sandbox);
    }
  });
});

testWith(CONTAINER, "ccrun as PID 1 stops the leftovers of the real claude and exits", async () => {
  const replies = [bash("nohup sleep 377 >/dev/null 2>&1 & echo on"), text(ANSWER)];
  await withScene(replies, async ({ sandbox, startShell }) => {
    await using unshare = await startShell(
      // ccrun reports the leftover and does not wait for zombies, which it adopts as PID 1.
      `exec ${AS_FIRST} ccrun --json --grace 60s --dangerously-skip-permissions Do it.`,
      { limitMs: 50_000 },
    );
    const run = checked(await unshare.finished);
    assertEquals(run.code, 0, run.stderr);
    const notices = eventsOf(run, "notice").map(({ text }) => text).join("\n");
    assertStringIncludes(notices, "sleep 377");
    await assertNothingLeft(sandbox);
  });
});

testWith(
  { ...TERMINAL, ...CONTAINER },
  "ccrun as PID 1 at a terminal exits with 130 on Ctrl-C and ignores Ctrl-Z",
  async () => {
    const waiting = toolUseLine({ id: "toolu_9", name: "Bash", input: { command: "wait" } });
    const body = `trap 'exit 1' INT; ${emit(initLine(), waiting)}${gate("never")}`;
    await withFake(body, async (scene) => {
      const script = `exec ${AS_FIRST} ccrun hi`;
      await using terminal = await inTerminal(scene, script, {
        as: "leader",
        columns: 200,
        color: false,
        limitMs: 30_000,
      });
      await terminal.stdoutUntil("Bash  wait");
      await terminal.write("\x1a");
      // The live line is still updated.
      await terminal.stdoutUntil((text) =>
        (text.split("^Z")[1] ?? "").split("Bash wait").length > 5
      );
      await terminal.write("\x03");
      const { stdout, code } = await terminal.finished;
      assertStringIncludes(stdout, "error: stopped by SIGINT");
      assertEquals(code, 130);
      await assertNothingLeft(scene.sandbox);
    });
  },
);

/**
 * Signals before claude runs: while ccrun reads the prompt, opens a file, or replays.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { CcrunResult } from "../support/ccrun.ts";
import { listensTo, NO_MASKS } from "../support/process_table.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { assertClearMessage, type FakeScene, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft, checked } from "./scene.ts";

const ENDS = {
  SIGINT: [130, "interrupt"],
  SIGTERM: [143, "terminate"],
  SIGHUP: [129, "hangup"],
  SIGQUIT: [131, "quit"],
} as const;

type EndingSignal = keyof typeof ENDS;

/** How long ccrun can take to block on a pipe that has no other end. */
const BLOCKS_WITHIN_MS = 2000;

/** Waits until a process blocks on opening a pipe, if the kernel shows it. */
async function waitsForPipe(pid: number): Promise<void> {
  await waitFor(async () => {
    for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
      const where = await Deno.readTextFile(`/proc/${pid}/task/${name}/wchan`).catch(() => "");
      if (where === "wait_for_partner") return true;
    }
    return false;
  }, BLOCKS_WITHIN_MS);
}

/** Sends the signal when ccrun handles signals, and returns how it ended. */
async function interrupt(
  { start, sandbox, prompt }: FakeScene,
  args: readonly string[],
  signal: EndingSignal,
  stdin?: "open",
): Promise<CcrunResult> {
  await using ccrun = await start(args, { stdin, limitMs: 30_000 });
  // ccrun handles SIGTSTP last. Deno handles some of the others by itself.
  await listensTo(ccrun.pid, "SIGTSTP");
  if (stdin === undefined) await waitsForPipe(ccrun.pid);
  ccrun.kill(signal);
  const result = await ccrun.finished;
  await assertNothingLeft(sandbox);
  assertEquals(await prompt(), undefined, "claude was started");
  return result;
}

/** Asserts the events of a run that is stopped before claude is started. */
async function assertExits(
  scene: FakeScene,
  args: readonly string[],
  signal: EndingSignal,
  stdin?: "open",
): Promise<void> {
  const [code, reason] = ENDS[signal];
  const description = `${args.join(" ")} and ${signal}`;
  const { events, exit, stderr } = checked(await interrupt(scene, args, signal, stdin));
  assertEquals(events.map(({ type }) => type), ["start", "error", "exit"], description);
  assertEquals([exit.code, exit.reason, exit.signal], [code, reason, signal], description);
  assertMatch(
    stderr,
    new RegExp(`^(ccrun: waiting.*\\n)?ccrun: error: stopped by ${signal}\\n$`),
  );
}

const NEEDS = { commands: ["mkfifo"], unless: NO_MASKS };

testWith(NEEDS, "ccrun exits on a signal while it reads the prompt from stdin", async () => {
  await withFake(STORY, async (scene) => {
    for (const signal of Object.keys(ENDS) as EndingSignal[]) {
      await assertExits(scene, ["--json", "-"], signal, "open");
    }
    const { code, stdout, stderr } = await interrupt(scene, ["-"], "SIGTERM", "open");
    assertEquals([code, stdout], [143, ""]);
    assertClearMessage(stderr);
    assertMatch(stderr, /error: stopped by SIGTERM\n/);
  });
});

testWith(NEEDS, "ccrun exits on a signal while it waits for the other end of a pipe", async () => {
  await withFake(STORY, async (scene) => {
    await scene.shell("mkfifo pipe");
    await assertExits(scene, ["--json", "--record", "pipe", "hi"], "SIGTERM");
    await assertExits(scene, ["--json", "--settings", "pipe", "hi"], "SIGTERM");
    await assertExits(scene, ["--json", "--prompt-file", "pipe"], "SIGINT");
  });
});

testWith(NEEDS, "ccrun replay exits on a signal while it waits for input", async () => {
  await withFake(STORY, async (scene) => {
    await scene.shell("mkfifo pipe");
    await assertExits(scene, ["replay", "--json", "pipe"], "SIGINT");
    await assertExits(scene, ["replay", "--json", "-"], "SIGTERM", "open");
  });
});

/**
 * Signals before claude runs: while ccrun reads the prompt, opens a file, or replays.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
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

/** Sends the signal when ccrun handles signals, and asserts how ccrun exits. */
async function assertExits(
  { start, sandbox, prompt }: FakeScene,
  args: readonly string[],
  signal: EndingSignal,
  { stdin }: { readonly stdin?: "open" } = {},
): Promise<void> {
  const [code, reason] = ENDS[signal];
  const interrupt = async (format: readonly string[]) => {
    await using ccrun = await start([...format, ...args], { stdin, limitMs: 30_000 });
    // ccrun handles SIGTSTP last. Deno handles some of the others by itself.
    await listensTo(ccrun.pid, "SIGTSTP");
    if (stdin === undefined) await waitsForPipe(ccrun.pid);
    ccrun.kill(signal);
    const result = await ccrun.finished;
    await assertNothingLeft(sandbox);
    return result;
  };
  const what = `${args.join(" ")} and ${signal}`;
  const json = checked(await interrupt(["--json"]));
  assertEquals(json.events.map(({ type }) => type), ["start", "error", "exit"], what);
  const { exit } = json;
  assertEquals([exit.code, exit.reason, exit.signal], [code, reason, signal], what);
  assertMatch(
    json.stderr,
    new RegExp(`^(ccrun: waiting.*\\n)?ccrun: error: stopped by ${signal}\\n$`),
  );

  const pretty = await interrupt([]);
  assertEquals([pretty.code, pretty.stdout], [code, ""], what);
  assertClearMessage(pretty.stderr);
  assertMatch(pretty.stderr, new RegExp(`error: stopped by ${signal}\n`));
  assertEquals(await prompt(), undefined, "claude was started");
}

const NEEDS = { commands: ["mkfifo"], unless: NO_MASKS };

testWith(NEEDS, "ccrun exits on a signal while it reads the prompt from stdin", async () => {
  await withFake(STORY, async (scene) => {
    for (const signal of Object.keys(ENDS) as EndingSignal[]) {
      await assertExits(scene, ["-"], signal, { stdin: "open" });
    }
  });
});

testWith(NEEDS, "ccrun exits on a signal while it waits for the other end of a pipe", async () => {
  await withFake(STORY, async (scene) => {
    await scene.shell("mkfifo pipe");
    const cases: readonly (readonly [EndingSignal, readonly string[]])[] = [
      ["SIGTERM", ["--record", "pipe", "hi"]],
      ["SIGTERM", ["--settings", "pipe", "hi"]],
      ["SIGINT", ["--prompt-file", "pipe"]],
      ["SIGHUP", ["--json-schema", "pipe", "hi"]],
    ];
    for (const [signal, args] of cases) await assertExits(scene, args, signal);
  });
});

testWith(NEEDS, "ccrun replay exits on a signal while it waits for input", async () => {
  await withFake(STORY, async (scene) => {
    await scene.shell("mkfifo pipe");
    const replay: FakeScene["start"] = (args, options) => scene.start(["replay", ...args], options);
    const replaying = { ...scene, start: replay };
    await assertExits(replaying, ["pipe"], "SIGTERM");
    await assertExits(replaying, ["pipe"], "SIGINT");
    await assertExits(replaying, ["-"], "SIGTERM", { stdin: "open" });
    await assertExits(replaying, [], "SIGQUIT", { stdin: "open" });
  });
});

/**
 * What is left when ccrun is killed with SIGKILL.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { emit, initLine, textLine } from "../support/fake_claude.ts";
import { childrenOf, living } from "../support/process_table.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { withFake } from "./fake_scene.ts";
import { bash, exists, SKIP, temporaryFiles, toolStarted, withScene } from "./scene.ts";

/** How long after the grace period the last process may still run. */
const AFTER_GRACE_MS = 1000;

/** The default of `--grace`. */
const GRACE_MS = 5000;

/** Returns the guardian of a ccrun. It does not carry the mark of the sandbox. */
async function guardianOf(pid: number): Promise<number> {
  const guardian = (await childrenOf(pid)).find(({ command }) =>
    command.includes("ccrun-guardian")
  );
  assert(guardian !== undefined, "no guardian");
  return guardian.pid;
}

/** Fails if the guardian, which is the last process to exit, still runs. */
async function assertGone(guardian: number): Promise<void> {
  const isGone = await waitFor(async () => (await living([guardian])).length === 0, AFTER_GRACE_MS);
  assert(isGone, "the guardian still runs");
}

testWith(
  { commands: ["nohup"] },
  "SIGKILL of ccrun leaves nothing of the real claude and its tool",
  async () => {
    const tool = bash("touch started; nohup sleep 377 >nohup.out 2>&1 & sleep 377");
    await withScene([tool], async ({ start, sandbox }) => {
      for (const format of ["--json", "-q"]) {
        await using ccrun = await start([format, SKIP, "Wait."]);
        await toolStarted(sandbox);
        const guardian = await guardianOf(ccrun.pid);
        ccrun.kill("SIGKILL");
        await sandbox.assertNothingLeft(GRACE_MS + AFTER_GRACE_MS);
        await assertGone(guardian);
        assertEquals((await ccrun.finished).signal, "SIGKILL");
      }
    });
  },
);

testWith(
  { commands: ["setsid"] },
  "SIGKILL of ccrun leaves nothing of a claude that ignores signals",
  async () => {
    const body = `trap '' HUP INT TERM
      setsid sh -c 'trap "" HUP INT TERM; while :; do sleep 0.05; done' &
      (setsid sh -c 'trap "" HUP INT TERM; while :; do sleep 0.05; done' &)
      ${emit(initLine(), textLine("I stay."))}while :; do sleep 0.05; done`;
    await withFake(body, async ({ start, sandbox }) => {
      await using ccrun = await start(["--json", "--grace", "1s", "hi"]);
      await ccrun.stdoutUntil("I stay.");
      const guardian = await guardianOf(ccrun.pid);
      ccrun.kill("SIGKILL");
      await sandbox.assertNothingLeft(1000 + AFTER_GRACE_MS);
      await assertGone(guardian);
    });
  },
);

Deno.test("SIGKILL of ccrun gives claude its grace period to exit", async () => {
  const body = `trap 'sleep 0.5; touch "$gates/tidy"; exit' INT
    ${emit(initLine(), textLine("I tidy up."))}while :; do sleep 0.05; done`;
  await withFake(body, async ({ start, sandbox }) => {
    await using ccrun = await start(["--json", "--grace", "60s", "hi"]);
    await ccrun.stdoutUntil("I tidy up.");
    ccrun.kill("SIGKILL");
    await sandbox.assertNothingLeft(50_000);
    await Deno.stat(`${sandbox.root}/tidy`);
  });
});

Deno.test("SIGKILL of ccrun during a stop leaves nothing", async () => {
  const body = `trap 'echo asked >"$gates/asked"' INT; trap '' TERM
    ${emit(initLine(), textLine("I stay."))}while :; do sleep 0.05; done`;
  await withFake(body, async ({ start, sandbox }) => {
    await using ccrun = await start(["--json", "--grace", "3s", "hi"]);
    await ccrun.stdoutUntil("I stay.");
    const guardian = await guardianOf(ccrun.pid);
    ccrun.kill("SIGTERM");
    assert(await waitFor(() => exists(`${sandbox.root}/asked`), 30_000));
    ccrun.kill("SIGKILL");
    await sandbox.assertNothingLeft(3000 + AFTER_GRACE_MS);
    await assertGone(guardian);
  });
});

Deno.test("SIGKILL of ccrun leaves no private file, even during a stop", async () => {
  const body = `trap 'echo asked >"$gates/asked"; sleep 0.5; exit' INT
    ${emit(initLine(), textLine("I stay."))}while :; do sleep 0.05; done`;
  for (const isAsked of [false, true]) {
    await withFake(body, async ({ start, sandbox }) => {
      await using ccrun = await start(["--json", "--settings", '{"env":{"KEY":"secret"}}', "hi"]);
      await ccrun.stdoutUntil("I stay.");
      assertEquals((await temporaryFiles(sandbox)).length, 1);
      const guardian = await guardianOf(ccrun.pid);
      if (isAsked) {
        ccrun.kill("SIGTERM");
        assert(await waitFor(() => exists(`${sandbox.root}/asked`), 30_000));
      }
      ccrun.kill("SIGKILL");
      await ccrun.finished;
      await sandbox.assertNothingLeft();
      await assertGone(guardian);
      assertEquals(await temporaryFiles(sandbox), []);
    });
  }
});

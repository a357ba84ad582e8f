/**
 * What is left when ccrun is killed with SIGKILL.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import { emit, initLine, textLine } from "../support/fake_claude.ts";
import { guardianOf } from "../support/guardians.ts";
import { living } from "../support/process_table.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { type FakeScene, withFake } from "./fake_scene.ts";
import { temporaryFiles } from "./scene.ts";

/** Longer than any step takes on a loaded machine, and shorter than the long grace period. */
const LIMIT_MS = 30_000;

/** Starts a run with a private file, and kills ccrun when claude has written its text. */
async function killDuringRun(
  { start, sandbox }: FakeScene,
  options: readonly string[],
  beforeKill: (kill: (signal: Deno.Signal) => void) => Promise<void> = async () => {},
): Promise<void> {
  const settings = '{"env":{"KEY":"secret"}}';
  await using ccrun = await start(["--json", "--settings", settings, ...options, "hi"]);
  await ccrun.stdoutUntil("I stay.");
  assertEquals((await temporaryFiles(sandbox)).length, 1);
  const guardian = await guardianOf(ccrun.pid);
  await beforeKill(ccrun.kill);
  ccrun.kill("SIGKILL");
  await ccrun.finished;
  await sandbox.assertNothingLeft(LIMIT_MS);
  const isGone = await waitFor(
    async () => (await living([guardian])).length === 0,
    LIMIT_MS,
  );
  assert(isGone, "the guardian still runs");
  assertEquals(await temporaryFiles(sandbox), []);
}

testWith(
  { commands: ["setsid"] },
  "SIGKILL of ccrun leaves nothing of a claude that ignores signals",
  async () => {
    const body = `trap '' HUP INT TERM
      setsid sleep 377 &
      (setsid sleep 377 &)
      ${emit(initLine(), textLine("I stay."))}exec sleep 377`;
    await withFake(body, (scene) => killDuringRun(scene, ["--grace", "1s"]));
  },
);

Deno.test("SIGKILL of ccrun gives claude its grace period to exit", async () => {
  const body = `trap 'sleep 0.5; touch "$gates/tidy"; exit' INT
    ${emit(initLine(), textLine("I stay."))}while :; do sleep 0.05; done`;
  await withFake(body, async (scene) => {
    await killDuringRun(scene, ["--grace", "60s"]);
    assert(await exists(`${scene.sandbox.root}/tidy`));
  });
});

Deno.test("SIGKILL of ccrun during a stop leaves nothing", async () => {
  const body = `trap ': >"$gates/asked"' INT; trap '' TERM
    ${emit(initLine(), textLine("I stay."))}while :; do sleep 0.05; done`;
  await withFake(body, async (scene) => {
    await killDuringRun(scene, ["--grace", "2s"], async (kill) => {
      kill("SIGTERM");
      await scene.created("asked");
    });
  });
});

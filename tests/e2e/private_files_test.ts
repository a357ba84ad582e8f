/**
 * Private files when ccrun is stopped or killed while it creates them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { waitFor } from "../support/wait_for.ts";
import { type FakeScene, withFake } from "./fake_scene.ts";
import { temporaryFiles } from "./scene.ts";

/** Options that need private files. */
const OPTIONS = [
  ...["--append-system-prompt", "x".repeat(5000)],
  ...["--mcp-config", '{"mcpServers":{}}'],
  ...["--settings", '{"env":{"KEY":"value"}}'],
  ...["--grace", "1s"],
];

const SIGNALS = ["SIGTERM", "SIGKILL", "SIGINT", "SIGKILL", "SIGHUP"] as const;

/** How many runs get a signal. */
const RUNS = 30;

/** Longer than a removal takes on a loaded machine. */
const LIMIT_MS = 30_000;

/** Starts a run, and returns how long it took until claude had its prompt, in milliseconds. */
async function timeToStart({ start, created }: FakeScene): Promise<number> {
  const before = performance.now();
  await using ccrun = await start(["--json", ...OPTIONS, "hi"]);
  await created("prompt");
  const elapsed = performance.now() - before;
  ccrun.kill("SIGTERM");
  await ccrun.finished;
  return elapsed;
}

Deno.test("a signal at any time of the start leaves no private file behind", async () => {
  await withFake("exec sleep 377", async (scene) => {
    const { start, sandbox } = scene;
    const startMs = await timeToStart(scene);
    for (let run = 0; run < RUNS; run++) {
      const signal = SIGNALS[run % SIGNALS.length] ?? "SIGTERM";
      const delayMs = startMs * (run + 0.5) / RUNS;
      await using ccrun = await start(["--json", ...OPTIONS, "hi"]);
      await delay(delayMs);
      ccrun.kill(signal);
      await ccrun.finished;
      const isEmpty = async () => (await temporaryFiles(sandbox)).length === 0;
      // After SIGKILL a helper removes the files.
      const isRemoved = signal === "SIGKILL" ? waitFor(isEmpty, LIMIT_MS) : isEmpty();
      assert(await isRemoved, `${signal} after ${Math.round(delayMs)} ms`);
    }
    await sandbox.assertNothingLeft(LIMIT_MS);
  });
});

Deno.test("SIGKILL as soon as there is a private file leaves none behind", async () => {
  await withFake("exec sleep 377", async ({ start, sandbox }) => {
    for (let run = 0; run < 5; run++) {
      await using ccrun = await start(["--json", ...OPTIONS, "hi"]);
      let names: readonly string[] = [];
      const limit = Date.now() + LIMIT_MS;
      // Without a pause, because claude is started a moment later.
      while (!names.some((name) => name.endsWith(".json") || name.endsWith(".txt"))) {
        assert(Date.now() < limit, "no private file was created");
        names = await privateFiles(`${sandbox.root}/tmp`);
      }
      ccrun.kill("SIGKILL");
      await ccrun.finished;
      const isEmpty = async () => (await temporaryFiles(sandbox)).length === 0;
      assert(await waitFor(isEmpty, LIMIT_MS), names.join(" "));
    }
    await sandbox.assertNothingLeft(LIMIT_MS);
  });
});

/** Returns the names of the files in the private directories. */
async function privateFiles(temporary: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(temporary)) {
    if (!name.startsWith("ccrun-")) continue;
    try {
      for await (const file of Deno.readDir(`${temporary}/${name}`)) names.push(file.name);
    } catch (error) {
      assertEquals(error instanceof Deno.errors.NotFound, true);
    }
  }
  return names;
}

/**
 * The file of `--output`. See full_disk_test.ts for full disks.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { emit } from "../support/fake_claude.ts";
import { ANSWER, FAILURE, gate, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft } from "./scene.ts";

Deno.test("ccrun --output replaces a file when the run succeeds, and not before", async () => {
  await withFake(gate("go") + emit(...STORY), async ({ created, open, sandbox, start }) => {
    const path = `${sandbox.project}/answer.txt`;
    await Deno.writeTextFile(path, "old");
    await Deno.chmod(path, 0o640);
    await using ccrun = await start(["-q", "--output", "answer.txt", "hi"]);
    await created("prompt");
    assertEquals(await Deno.readTextFile(path), "old");
    await open("go");
    const { code, stdout } = await ccrun.finished;
    assertEquals([code, stdout], [0, `${ANSWER}\n`]);
    assertEquals(await Deno.readTextFile(path), `${ANSWER}\n`);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o640);
    await assertNothingLeft(sandbox);
  });
});

Deno.test("ccrun --output keeps an existing file and creates no other if the run fails", async () => {
  await withFake(FAILURE, async ({ run, sandbox }) => {
    const path = `${sandbox.project}/answer.txt`;
    assertEquals((await run(["-q", "-o", "answer.txt", "hi"])).code, 1);
    assertEquals(await Deno.lstat(path).catch(() => "none"), "none");
    await Deno.writeTextFile(path, "old");
    const before = await Deno.stat(path);
    // A recording is there to find out why the run failed, so it is kept.
    await run(["-q", "-o", "answer.txt", "--record", "tape.jsonl", "hi"]);
    const after = await Deno.stat(path);
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals([after.ino, after.mtime, after.mode], [before.ino, before.mtime, before.mode]);
    const recording = await Deno.readTextFile(`${sandbox.project}/tape.jsonl`);
    assertEquals(recording, `${FAILURE.join("\n")}\n`);
  });
});

Deno.test("ccrun --output keeps an existing file if the run is stopped", async () => {
  const body = `trap 'exit 1' INT; ${gate("never")}`;
  await withFake(body, async ({ created, sandbox, start }) => {
    const path = `${sandbox.project}/answer.txt`;
    await Deno.writeTextFile(path, "old");
    await using ccrun = await start(["-q", "-o", "answer.txt", "hi"]);
    await created("prompt");
    ccrun.kill("SIGTERM");
    assertEquals((await ccrun.finished).code, 143);
    assertEquals(await Deno.readTextFile(path), "old");
    await assertNothingLeft(sandbox);
  });
});

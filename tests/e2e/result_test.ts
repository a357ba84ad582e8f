/**
 * The result as an object: `--result FILE` and `--format result`.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, FAILURE, type FakeScene, STORY, withFake } from "./fake_scene.ts";

/** Reads the object in out.json. */
async function readResult({ sandbox }: Pick<FakeScene, "sandbox">) {
  return JSON.parse(await Deno.readTextFile(`${sandbox.project}/out.json`));
}

Deno.test("ccrun --format result prints the last result and the outcome as one object", async () => {
  const lines = [initLine(), resultLine({ result: "Said ##[group]hi." })];
  await withFake(lines, async ({ run, sandbox }) => {
    const { code, stdout, stderr } = await run(["-f", "result", "--result", "out.json", "hi"]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals([stdout.indexOf("\n"), stdout.includes("##[")], [stdout.length - 1, false]);
    const { result, exit, error } = JSON.parse(stdout);
    assertEquals([result.type, result.text, error], ["result", "Said ##[group]hi.", undefined]);
    assertEquals([exit.type, exit.code, exit.turns], ["exit", 0, result.turns]);
    assertEquals(exit.session_id, result.session_id);
    assertEquals(stdout, await Deno.readTextFile(`${sandbox.project}/out.json`));
  });
});

Deno.test("ccrun --result writes a result even if the run fails", async () => {
  await withFake(FAILURE, async (scene) => {
    await Deno.writeTextFile(`${scene.sandbox.project}/out.json`, "old");
    const { code, stdout } = await scene.run(["-q", "--result", "out.json", "hi"]);
    assertEquals([code, stdout], [1, ""]);
    const { result, error, exit } = await readResult(scene);
    assertEquals([result.ok, error.kind, exit.code], [false, "failed", 1]);
  });
});

Deno.test("ccrun --result writes a result even if claude cannot start", async () => {
  await withFake(STORY, async (scene) => {
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [["--result", "out.json", "--modle", "x", "hi"], 2, "usage"],
      [["--result", "out.json", "--claude", "/nowhere/claude", "hi"], 127, "not_found"],
      [["replay", "--result", "out.json", "nothing.jsonl"], 2, "usage"],
    ];
    for (const [args, code, reason] of cases) {
      assertEquals((await scene.run(args)).code, code, args.join(" "));
      const { result, error, exit } = await readResult(scene);
      assertEquals([result, error.kind, exit.reason, exit.code], [null, reason, reason, code]);
      await Deno.remove(`${scene.sandbox.project}/out.json`);
    }
    const { stdout, code } = await scene.run(["--format", "result", "--modle", "x", "hi"]);
    assertEquals([code, JSON.parse(stdout).exit.reason], [2, "usage"]);
  });
});

Deno.test("ccrun --result writes a result even if the run is interrupted", async () => {
  const body = `${emit(initLine())}kill -TERM $PPID; sleep 60`;
  await withFake(body, async (scene) => {
    const { code } = await scene.run(["--result", "out.json", "--grace", "200ms", "hi"]);
    assertEquals(code, 143);
    const { exit } = await readResult(scene);
    assertEquals([exit.reason, exit.signal], ["terminate", "SIGTERM"]);
  });
});

Deno.test("ccrun fails if it cannot write the file of --result", async () => {
  await withFake(`rm -r sub\n${emit(...STORY)}`, async ({ run, sandbox }) => {
    await Deno.mkdir(`${sandbox.project}/sub`);
    const { code, stdout, stderr } = await run(["-q", "--result", "sub/out.json", "hi"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "cannot write --result");
  });
});

Deno.test("ccrun writes the answer, the result and the summary to three files", async () => {
  await withFake(STORY, async (scene) => {
    const args = ["-q", "-o", "a.txt", "--result", "out.json", "--summary", "s.md", "hi"];
    assertEquals((await scene.run(args)).code, 0);
    const read = (file: string) => Deno.readTextFile(`${scene.sandbox.project}/${file}`);
    assertEquals(await read("a.txt"), `${ANSWER}\n`);
    assertStringIncludes(await read("s.md"), "42");
    assertEquals((await readResult(scene)).exit.code, 0);
  });
});

testWith(
  { commands: ["mkfifo"] },
  "ccrun rejects a file for a report that is not regular, or that two options name",
  async () => {
    await withFake(STORY, async ({ prompt, run, shell, sandbox }) => {
      await shell("mkfifo pipe");
      await Deno.writeTextFile(`${sandbox.project}/same`, "old");
      const cases: readonly (readonly [readonly string[], string])[] = [
        [["--output", "pipe"], "cannot write --output"],
        [["--result", "pipe"], "it is not a regular file"],
        [["--summary", "pipe"], "cannot write --summary"],
        [["--result", "same", "--summary", "same"], "are the same file"],
      ];
      for (const [args, message] of cases) {
        const { code, stderr } = await run([...args, "hi"]);
        assertEquals(code, 2);
        assertStringIncludes(stderr, message);
      }
      assertEquals(await Deno.readTextFile(`${sandbox.project}/same`), "old");
      assertEquals(await prompt(), undefined, "claude was started");
    });
  },
);

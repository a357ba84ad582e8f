/** `--result FILE` and `--format result`, on the real Claude Code. */

import { assert, assertEquals } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { testWith } from "../support/test_with.ts";
import { bash, exists, SKIP, withScene } from "./scene.ts";
import { ANSWER, FAILURE, STORY, withFake } from "./fake_scene.ts";

Deno.test("ccrun --format result prints the last result and the outcome as one object", async () => {
  await withScene([bash("echo hi"), text("Said ##[group]hi.")], async ({ run }) => {
    const { code, stdout, stderr } = await run(["-f", "result", SKIP, "Say hi."]);
    assertEquals([code, stderr, stdout.split("\n").length, stdout.includes("##[")], [
      0,
      "",
      2,
      false,
    ]);
    const { result, exit, error } = JSON.parse(stdout);
    assertEquals([result.type, result.text, error], ["result", "Said ##[group]hi.", undefined]);
    assertEquals([exit.type, exit.code, exit.turns], ["exit", 0, result.turns]);
    assertEquals(exit.session_id, result.session_id);
  });
});

Deno.test("ccrun --result writes the same object with any format", async () => {
  await withScene([text("Hello.")], async ({ run, sandbox }) => {
    const { code, stdout } = await run(["-q", "--result", "out.json", "Greet me."]);
    assertEquals([code, stdout], [0, "Hello.\n"]);
    const { result, exit } = JSON.parse(await Deno.readTextFile(`${sandbox.project}/out.json`));
    assertEquals([result.text, exit.reason], ["Hello.", "success"]);
  });
});

Deno.test("ccrun --result writes a result even if the run fails", async () => {
  await withFake(FAILURE, async ({ run, sandbox }) => {
    const path = `${sandbox.project}/out.json`;
    await Deno.writeTextFile(path, "old");
    const { code, stdout } = await run(["-q", "--result", path, "hi"]);
    assertEquals([code, stdout], [1, ""]);
    const { result, error, exit } = JSON.parse(await Deno.readTextFile(path));
    assertEquals([result.ok, error.kind, exit.code], [false, "failed", 1]);
  });
});

Deno.test("ccrun --result writes a result even if claude cannot start", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const path = `${sandbox.project}/out.json`;
    const wrong: readonly (readonly [readonly string[], number, string])[] = [
      [["--result", path, "--modle", "x", "hi"], 2, "usage"],
      [["--result", path, "--claude", "/nowhere/claude", "hi"], 127, "not_found"],
      [["--result", path], 2, "usage"],
      [["replay", "--result", path, "nothing.jsonl"], 2, "usage"],
    ];
    for (const [args, code, reason] of wrong) {
      await Deno.remove(path).catch(() => {});
      assertEquals((await run(args)).code, code, args.join(" "));
      const { result, error, exit } = JSON.parse(await Deno.readTextFile(path));
      assertEquals([result, error.kind, exit.reason, exit.code], [null, reason, reason, code]);
    }
    const { stdout, code } = await run(["--format", "result", "--modle", "x", "hi"]);
    assertEquals([code, JSON.parse(stdout).exit.reason], [2, "usage"]);
  });
});

Deno.test("ccrun --result writes a result even if the run is interrupted", async () => {
  const body = `echo '${STORY[0]}'; kill -TERM $PPID; sleep 60`;
  await withFake(body, async ({ run, sandbox }) => {
    const { code } = await run(["--result", "out.json", "--grace", "2s", "hi"]);
    assertEquals(code, 143);
    const { exit } = JSON.parse(await Deno.readTextFile(`${sandbox.project}/out.json`));
    assertEquals([exit.reason, exit.signal], ["terminate", "SIGTERM"]);
  });
});

Deno.test("ccrun --result checks its file before claude starts, and fails if it cannot be written", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const { code, stderr } = await run(["--result", "no/such/out.json", "hi"]);
    assertEquals([code, await prompt()], [2, undefined]);
    assert(stderr.includes("cannot write --result"), stderr);
  });
  await withFake(
    `rm -r sub\n${STORY.map((line) => `echo '${line}'`).join("\n")}`,
    async (scene) => {
      await Deno.mkdir(`${scene.sandbox.project}/sub`);
      const { code, stdout, stderr } = await scene.run(["-q", "--result", "sub/out.json", "hi"]);
      assertEquals([code, stdout], [1, ""]);
      assert(stderr.includes("cannot write --result"), stderr);
    },
  );
});

Deno.test("ccrun writes the answer, the result and the summary to three files", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const args = ["--result", "same.md", "--summary", "same.md", "hi"];
    const { code, stderr } = await run(args);
    assertEquals([code, stderr.includes("are the same file")], [2, true]);
    const good = ["-q", "-o", "a.txt", "--result", "r.json", "--summary", "s.md", "hi"];
    assertEquals((await run(good)).code, 0);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/a.txt`), `${ANSWER}\n`);
    const summary = await Deno.readTextFile(`${sandbox.project}/s.md`);
    assert(summary.includes("42"), summary);
    assert(await exists(`${sandbox.project}/r.json`));
  });
});

testWith(
  { commands: ["mkfifo"] },
  "ccrun rejects --output, --result and --summary if the file is not a regular one",
  async () => {
    await withFake(STORY, async ({ prompt, run, shell }) => {
      await shell("mkfifo pipe");
      for (const option of ["--output", "--result", "--summary"]) {
        for (const path of ["pipe", "/dev/null"]) {
          const { code, stderr } = await run([option, path, "hi"]);
          assertEquals(code, 2);
          assert(stderr.includes(`cannot write ${option} `), stderr);
          assert(stderr.includes("it is not a regular file"), stderr);
        }
      }
      assertEquals(await prompt(), undefined, "claude was started");
    });
  },
);

Deno.test("ccrun rejects the same file for --output and --result", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/same`, "old");
    assertEquals((await run(["--output", "same", "--result", "same", "hi"])).code, 2);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/same`), "old");
  });
});

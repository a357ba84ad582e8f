/**
 * What ccrun does when a disk is full.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { emit, FAKE_SESSION_ID, initLine, textLine } from "../support/fake_claude.ts";
import { readGithubFile } from "../support/github_files.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, STORY, withFake } from "./fake_scene.ts";
import { checked, eventOf, eventsOf } from "./scene.ts";

/** The beginning of a script in which no file can have more than 2 KiB. The signal would kill ccrun. */
const ON_FULL_DISK = "trap '' XFSZ; ulimit -f 2;";

/** The beginning of a script in which no file can grow. */
const WITHOUT_SPACE = "trap '' XFSZ; ulimit -f 0;";

/** A fake claude that writes until it is stopped, and has started a process. */
const ENDLESS = `trap 'echo "I was asked to exit." >&2; exit 0' INT
(setsid sleep 377 >/dev/null 2>&1 &)
${emit(initLine())}while :; do ${emit(textLine("More. ".repeat(100)))}sleep 0.01; done`;

const ON_LINUX = Deno.build.os === "linux" ? {} : { unless: "no /dev/full" };

testWith(ON_LINUX, "ccrun fails if stdout cannot be written", async () => {
  const message = "ccrun: error: cannot write to stdout: No space left on device\n";
  await withFake(STORY, async ({ shell }) => {
    for (const command of ["ccrun -q hi", "ccrun --help"]) {
      const { stdout, stderr } = await shell(`${command} >/dev/full; echo $?`);
      assertEquals([stdout, stderr], ["1\n", message], command);
    }
    const { stdout, stderr } = await shell("ccrun hi >/dev/full; echo $?");
    assertEquals([stdout, stderr.endsWith(message)], ["1\n", true], stderr);
  });
  // A run whose output is lost is stopped.
  await withFake(ENDLESS, async ({ shell }) => {
    for (const format of ["--json", "-f raw"]) {
      const { stdout, stderr } = await shell(`ccrun ${format} hi >/dev/full; echo $?`);
      assertEquals(stdout, "1\n");
      assertStringIncludes(stderr, message);
    }
    // The first events still fit.
    const { stdout, stderr } = await shell(`${ON_FULL_DISK} ccrun --json hi >out; echo $?`);
    assertEquals(stdout, "1\n");
    assertStringIncludes(stderr, "error: cannot write to stdout: File too large\n");
  });
});

testWith(
  ON_LINUX,
  "every file reports a failure if the answer cannot be written to stdout",
  async () => {
    await withFake(STORY, async ({ shell, sandbox }) => {
      const files = "--result result.json --summary summary.md";
      const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: `${sandbox.root}/output` };
      const read = (name: string) => Deno.readTextFile(`${sandbox.project}/${name}`);
      for (const format of ["pretty", "text", "result"]) {
        const { code, stderr } = await shell(`ccrun -f ${format} ${files} hi >/dev/full`, { env });
        assertEquals(code, 1, format);
        const message = "cannot write to stdout: No space left on device";
        assertMatch(stderr, new RegExp(`error.*${message}\n$`), format);
        const { error, exit } = JSON.parse(await read("result.json"));
        assertEquals([error.message, exit.code, exit.reason, exit.ok], [
          message,
          1,
          "failed",
          false,
        ]);
        assertStringIncludes(await read("summary.md"), message);
        const outputs = readGithubFile(await Deno.readTextFile(env.GITHUB_OUTPUT));
        assertEquals([outputs.get("exit_reason"), outputs.get("result")], ["failed", ""]);
      }
    });
  },
);

testWith(ON_LINUX, "ccrun rejects a full device for --record before claude starts", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const { stdout, stderr, code } = await run(["-q", "hi", "--record", "/dev/full"]);
    assertEquals([stdout, code], ["", 2]);
    assertStringIncludes(stderr, "ccrun: error: cannot write --record /dev/full: ");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun --output fails on a full disk and keeps the existing file", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    await Deno.writeTextFile(out, "before\n");
    const { stdout, stderr, code } = await shell(`${WITHOUT_SPACE} ccrun -q hi -o out.txt`);
    assertEquals([stdout, code], ["", 1]);
    assertStringIncludes(stderr, `ccrun: error: cannot write --output ${out}: File too large\n`);
    // The answer was paid for, so it is not lost.
    assertStringIncludes(stderr, ANSWER);
    assertEquals(await Deno.readTextFile(out), "before\n");
    assertEquals(checked(await shell(`${WITHOUT_SPACE} ccrun --json hi -o out.txt`)).code, 1);
  });
});

Deno.test("ccrun --record stops the run on a full disk, and loses no events", async () => {
  await withFake(ENDLESS, async ({ shell }) => {
    const run = checked(await shell(`${ON_FULL_DISK} ccrun --json --record tape hi 2>&-`));
    assertEquals([run.code, run.exit.reason, run.exit.session_id], [1, "failed", FAKE_SESSION_ID]);
    const { error } = eventOf(run, "error");
    assertMatch(error.message, /^cannot write --record .*\/tape: File too large/);
    assertStringIncludes(error.hint ?? "", `resume with: ccrun --resume ${FAKE_SESSION_ID} `);
    const stderr = eventsOf(run, "notice").filter(({ kind }) => kind === "stderr");
    assertEquals(stderr.map(({ text }) => text), ["I was asked to exit."]);

    const quiet = await shell(`${ON_FULL_DISK} ccrun -q hi --record tape.jsonl`);
    assertEquals(quiet.code, 1);
    assertStringIncludes(quiet.stderr, "cannot write --record ");
    assertStringIncludes(quiet.stderr, "tape.jsonl: File too large\n");
  });
});

Deno.test("GITHUB_OUTPUT and the step summary keep whole entries only if the disk is full", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_OUTPUT: `${sandbox.root}/output`,
      GITHUB_STEP_SUMMARY: `${sandbox.root}/summary`,
    };
    const before = `before=${"x".repeat(1950)}\n`;
    await Deno.writeTextFile(env.GITHUB_OUTPUT, before);
    await Deno.writeTextFile(env.GITHUB_STEP_SUMMARY, before);
    const { code, stderr } = await shell(`${ON_FULL_DISK} ccrun -q hi`, { env });
    assertEquals(code, 0);
    assertMatch(stderr, /cannot write the step's outputs .*: File too large/);
    assertEquals(await Deno.readTextFile(env.GITHUB_OUTPUT), before);
    assertEquals(await Deno.readTextFile(env.GITHUB_STEP_SUMMARY), before);
  });
});

Deno.test("a full TMPDIR is a usage error that names the directory", async () => {
  const files = {
    "--append-system-prompt": "x".repeat(5000),
    "--settings": JSON.stringify({ env: { KEY: "x".repeat(5000) } }),
  };
  await withFake(STORY, async ({ shell, prompt, sandbox }) => {
    for (const [option, value] of Object.entries(files)) {
      const { code, stdout, stderr } = await shell(
        `${ON_FULL_DISK} ccrun --json ${option} '${value}' hi`,
      );
      assertEquals(code, 2, stderr);
      assertMatch(
        stderr,
        /error: cannot write to \S+\/tmp\/ccrun-[\w-]+: File too large\n.*TMPDIR/,
      );
      assertEquals(stderr.includes(sandbox.root), true);
      const types = stdout.trim().split("\n").map((line) => JSON.parse(line).type);
      assertEquals(types, ["start", "error", "exit"]);
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

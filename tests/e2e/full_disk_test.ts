/**
 * What ccrun does when a disk is full.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readGithubFile } from "../support/github_files.ts";
import { testWith } from "../support/test_with.ts";
import { STORY, withFake } from "./fake_scene.ts";

/** The beginning of a script in which no file can have more than 2 KiB. The signal would kill ccrun. */
const ON_FULL_DISK = "trap '' XFSZ; ulimit -f 2;";

const ON_LINUX = Deno.build.os === "linux" ? {} : { unless: "no /dev/full" };

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

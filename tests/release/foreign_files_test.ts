/**
 * Attacks with files that ccrun reads: devices without an end, pipes without a writer, and files that are
 * too large, in place of the files of a workspace, a home directory or an option.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { installDirectories } from "../../lib/claude/install_directories.ts";
import { ANSWER, STORY, withFake } from "../e2e/fake_scene.ts";
import { withScene } from "../e2e/scene.ts";
import { type CcrunOptions, type CcrunResult, startCcrun } from "../support/ccrun.ts";
import { sinceClaude } from "../support/claude.ts";
import { assistantLine, sessionFolder, userLine, writeSession } from "../support/session_files.ts";
import { testWith } from "../support/test_with.ts";

/** Far more than any command here needs, and far less than a file without an end takes. */
const ENDS_WITHIN_MS = 60_000;

/** Far more than the largest input needs. */
const MAX_MEGABYTES = 450;

const NEEDS = {
  commands: ["mkfifo"],
  unless: Deno.build.os === "linux" ? undefined : "no /dev/zero and /proc",
};

/** Runs ccrun and asserts that it ends soon and needs little memory. */
async function runBounded(args: readonly string[], options: CcrunOptions): Promise<CcrunResult> {
  await using ccrun = await startCcrun(args, { limitMs: ENDS_WITHIN_MS, ...options });
  let isRunning = true;
  const finished = ccrun.finished.finally(() => isRunning = false);
  let megabytes = 0;
  while (isRunning) {
    const status = await Deno.readTextFile(`/proc/${ccrun.pid}/status`).catch(() => "");
    megabytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024 || megabytes;
    await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  assert(megabytes < MAX_MEGABYTES, `${args}: ${megabytes} MB`);
  return await finished;
}

/** Puts something that must not be read in the place of a file. */
type Plant = (path: string) => Promise<void>;

const PLANTS: Readonly<Record<string, Plant>> = {
  "a link to /dev/zero": (path) => Deno.symlink("/dev/zero", path),
  "a pipe": async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
  },
  "a huge sparse file": async (path) => {
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, 2 ** 40);
  },
};

testWith(
  NEEDS,
  "files of the workspace and the home directory that have no end are not read",
  async () => {
    for (const [name, plant] of Object.entries(PLANTS)) {
      await withFake(STORY, async ({ sandbox }) => {
        const { home, project } = sandbox;
        await Deno.mkdir(`${project}/.claude`);
        await Deno.mkdir(`${home}/.claude`);
        await Deno.mkdir(`${home}/npm`);
        const ownFiles = [
          `${home}/.claude/settings.json`,
          `${home}/.claude/.credentials.json`,
          `${home}/.claude.json`,
        ];
        for (const file of ownFiles) await plant(file);
        // Deno itself reads the one in HOME if ccrun runs from source.
        await plant(`${home}/npm/.npmrc`);
        assert((await installDirectories({ HOME: `${home}/npm` })).length > 0);
        const run = await runBounded(["-q", "hi"], { sandbox });
        assertEquals([run.code, run.stdout], [0, `${ANSWER}\n`], `${name}: ${run.stderr}`);
        const workspaceFiles = [
          `${project}/.mcp.json`,
          `${project}/.claude/settings.local.json`,
          `${project}/.claude/settings.json`,
        ];
        for (const file of workspaceFiles) await plant(file);
        const warned = await runBounded(["-q", "hi"], { sandbox });
        assertEquals([warned.code, warned.stdout], [0, `${ANSWER}\n`], `${name}: ${warned.stderr}`);
        assertEquals(warned.stderr.split("(unreadable)").length - 1, workspaceFiles.length, name);
        const env = { PATH: "/usr/bin:/bin" };
        const doctor = await runBounded(["doctor"], { sandbox, env });
        assertEquals(doctor.code, 1, name);
        for (const file of [...ownFiles.slice(0, 1), ...workspaceFiles]) {
          assertStringIncludes(doctor.stdout + doctor.stderr, `cannot read ${file}`);
        }
      });
    }
  },
);

testWith(NEEDS, "a file of the workspace that links to the kernel's files is refused", async () => {
  await withFake(STORY, async ({ sandbox: { project }, run, prompt }) => {
    // It looks like a regular file, but a reader waits for the next message of the kernel.
    await Deno.symlink("/proc/kmsg", `${project}/.mcp.json`);
    const { code, stderr } = await run(["-q", "hi"]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, `error: cannot read ${project}/.mcp.json`);
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(NEEDS, "an option that names a file without an end is a usage error", async () => {
  await withFake(STORY, async ({ sandbox, prompt, run }) => {
    const { project } = sandbox;
    await Deno.symlink("/dev/zero", `${project}/zero`);
    await Deno.writeTextFile(`${project}/sparse`, "");
    await Deno.truncate(`${project}/sparse`, 2 ** 40);
    const options = ["--prompt-file", "--settings", "--mcp-config", "--json-schema", "--agents"]
      .concat("--system-prompt-file", "--append-system-prompt-file");
    for (const [index, option] of options.entries()) {
      const file = index % 2 === 0 ? "zero" : "sparse";
      const text = option === "--prompt-file" ? [] : ["hi"];
      const { code, stderr } = await runBounded(["-q", option, file, ...text], { sandbox });
      assertEquals(code, 2, `${option} ${file}: ${stderr}`);
      assertStringIncludes(stderr, `cannot read ${option} `);
      assertStringIncludes(stderr, "it is larger than");
    }
    // Its values would take a gigabyte.
    await Deno.writeTextFile(`${project}/values`, `{"a":[${"{},".repeat(10_000_000)}{}]}`);
    const { code, stderr } = await runBounded(["--mcp-config", "values", "hi"], { sandbox });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "it is larger than");
    await Deno.symlink("/dev/zero", `${project}/tape.jsonl`);
    const resumed = await run(["-q", "--resume", "tape.jsonl", "hi"]);
    assertEquals(resumed.code, 2);
    assertStringIncludes(resumed.stderr, "it is not a regular file");
    const replayed = await run(["replay", "tape.jsonl"]);
    assertEquals(replayed.code, 2);
    assertStringIncludes(replayed.stderr, "it is a device");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(NEEDS, "a stdin without an end is a usage error", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { code, stderr } = await shell("ccrun -q hi </dev/zero", { limitMs: ENDS_WITHIN_MS });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "stdin is larger than");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(NEEDS, "a pipe that the caller passes is read, as before", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { code, stderr } = await shell(
      "ccrun -q --prompt-file <(echo Look.) --settings <(echo '{}') --json-schema <(echo '{}') " +
        "--append-system-prompt-file <(echo Be brief.)",
    );
    assertEquals(code, 6, stderr);
    assertEquals(await prompt(), "Look.\n");
  });
});

testWith(NEEDS, "files among the sessions that have no end are not read", async () => {
  await withFake(STORY, async ({ sandbox }) => {
    const { home, project } = sandbox;
    const place = { home, cwd: project };
    const id = await writeSession({ ...place, lines: [userLine("Kept"), assistantLine("Yes.")] });
    const planted = crypto.randomUUID();
    for (const plant of Object.values(PLANTS)) {
      await plant(`${sessionFolder(place)}/${crypto.randomUUID()}.jsonl`);
    }
    await PLANTS["a huge sparse file"]!(`${sessionFolder(place)}/${planted}.jsonl`);
    // One line without an end.
    const long = `${sessionFolder(place)}/${crypto.randomUUID()}.jsonl`;
    await Deno.writeTextFile(long, "");
    await Deno.truncate(long, 500 * 1024 * 1024);
    const { code, stdout } = await runBounded(["sessions", "--json"], { sandbox });
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).map((session: { id: string }) => session.id), [id]);
    for (const wanted of ["last", "kept", planted.slice(0, 8)]) {
      const { stderr } = await runBounded(["-q", "--resume", wanted, "hi"], { sandbox });
      assertEquals(stderr.includes("cannot resume"), wanted === planted.slice(0, 8), stderr);
    }
  });
});

testWith(NEEDS, "a pipe in the place of claude is not read", async () => {
  await withFake(STORY, async ({ sandbox }) => {
    const pipe = `${sandbox.bin}/claude`;
    await Deno.remove(pipe);
    await new Deno.Command("mkfifo", { args: ["-m", "777", pipe] }).output();
    for (const args of [[], ["--claude", pipe]]) {
      const { code, stderr } = await runBounded(["-q", ...args, "hi"], { sandbox });
      assertEquals(code, 126, stderr);
    }
  });
});

const SECRET = "s3cr3t-t0k3n-value";

/** A file that is no JSON, but whose content a JSON parser quotes. */
const BROKEN = `TOKEN=${SECRET}\n`;

Deno.test("an error about JSON does not quote the file", async () => {
  await withFake(STORY, async ({ sandbox, run }) => {
    const { home, project } = sandbox;
    const texts = [BROKEN, `{"token": "${SECRET}\n"}`];
    const options = ["--settings", "--mcp-config", "--json-schema", "--agents"];
    for (const text of texts) {
      await Deno.writeTextFile(`${project}/broken.json`, text);
      for (const option of options) {
        const args = ["--debug", "--json", "--result", "result.json", option, "broken.json", "hi"];
        const { code, stdout, stderr } = await run(args);
        const result = await Deno.readTextFile(`${project}/result.json`);
        assertEquals(code, 2, `${option} ${text}: ${stderr}`);
        assert(!`${stdout}${stderr}${result}`.includes(SECRET), `${option} ${text}: ${stderr}`);
      }
    }
    for (const [index, value] of [`["${SECRET}"]`, `'{"token":"${SECRET}"}'`].entries()) {
      const option = options[index] ?? "";
      const { code, stderr } = await run(["--debug", option, value, "hi"]);
      assertEquals(code, 2, stderr);
      assert(!stderr.includes(SECRET), `${option} ${value}: ${stderr}`);
    }
    await Deno.mkdir(`${project}/.claude`);
    await Deno.mkdir(`${home}/.claude`);
    const files = [
      `${project}/.claude/settings.json`,
      `${project}/.claude/settings.local.json`,
      `${project}/.mcp.json`,
      `${home}/.claude/settings.json`,
      `${home}/.claude/.credentials.json`,
      `${home}/.claude.json`,
      `${home}/.npmrc`,
    ];
    for (const file of files) await Deno.writeTextFile(file, BROKEN);
    for (const args of [["hi"], ["--debug", "hi"], ["doctor"], ["sessions"]]) {
      const { stdout, stderr } = await run(args);
      assert(!`${stdout}${stderr}`.includes(SECRET), `${args}: ${stdout}${stderr}`);
    }
  });
});

testWith(
  sinceClaude("2.1.197", "older versions write the error as a line that is no message"),
  "what claude writes about its broken state file does not quote it",
  async () => {
    await withScene([], async ({ sandbox, json }) => {
      // claude quotes a word.
      await Deno.writeTextFile(
        `${sandbox.home}/.claude.json`,
        `{"token": ${SECRET.split("-")[0]}}`,
      );
      const { stdout, stderr, exit } = await json(["--debug", "--result", "result.json", "hi"]);
      const result = await Deno.readTextFile(`${sandbox.project}/result.json`);
      assertEquals(exit.reason, "failed");
      assertStringIncludes(stdout, "claude cannot parse its configuration file");
      assert(!`${stdout}${stderr}${result}`.includes("s3cr3t"), stdout + stderr);
    });
  },
);

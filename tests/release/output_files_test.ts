/**
 * Attacks on the files that ccrun writes: links, hard links and files of other users at the path that an
 * option names, and changes to the workspace during the run.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ANSWER, type FakeScene, gate, STORY, withFake } from "../e2e/fake_scene.ts";
import { bash, SKIP, withScene } from "../e2e/scene.ts";
import { text } from "../support/api_reply.ts";
import { emit } from "../support/fake_claude.ts";
import { AS_OTHER_USER, giveToOtherUser, OTHER_USER, TWO_USERS } from "../support/other_user.ts";
import { succeeds, testWith } from "../support/test_with.ts";

/** The options that name a file to write. */
const OPTIONS = ["--output", "--record", "--result", "--summary"];

const PRECIOUS = "precious\n";

/** Whether a test can mount a file where no other process sees it. */
const CAN_MOUNT = succeeds("unshare", "--mount", "mount", "--bind", "/tmp", "/tmp");

function modeOf(path: string): string {
  return ((Deno.lstatSync(path).mode ?? 0) & 0o777).toString(8);
}

/** Returns the names of temporary files that ccrun left in a directory. */
function drafts(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name.endsWith(".tmp"));
}

/** Returns a function that returns an option with a file of its own. */
function named(prefix: string): (option: string) => string[] {
  return (option) => [option, `${prefix}${option}`];
}

/** Asserts that ccrun wrote a file of its own. */
async function assertWritten(path: string, option: string): Promise<void> {
  const info = await Deno.lstat(path);
  assertEquals([info.isFile, info.nlink], [true, 1], option);
  assert((await Deno.readTextFile(path)).includes("42"), option);
}

/** Asserts that ccrun refuses a command line before it starts claude. */
async function assertRefused(
  { run, prompt }: FakeScene,
  args: readonly string[],
  reason: string,
): Promise<void> {
  const { code, stderr } = await run(["-q", ...args, "hi"]);
  assertEquals(code, 2, `${args}: ${stderr}`);
  assertStringIncludes(stderr, reason);
  assertEquals(await prompt(), undefined, `${args}: claude was started`);
}

Deno.test("a hard link at the path keeps its content under its other name", async () => {
  await withFake(STORY, async ({ run, sandbox: { root, project } }) => {
    for (const option of OPTIONS) {
      await Deno.writeTextFile(`${root}/other${option}`, PRECIOUS, { mode: 0o644 });
      await Deno.link(`${root}/other${option}`, `${project}/linked${option}`);
    }
    assertEquals((await run(["-q", ...OPTIONS.flatMap(named("linked")), "hi"])).code, 0);
    for (const option of OPTIONS) {
      const other = `${root}/other${option}`;
      assertEquals([await Deno.readTextFile(other), modeOf(other)], [PRECIOUS, "644"], option);
      await assertWritten(`${project}/linked${option}`, option);
    }
    assertEquals(modeOf(`${project}/linked--record`), "600");
    assertEquals(drafts(project), []);
  });
});

Deno.test("a link at the path is replaced, and its target stays as it is", async () => {
  await withFake(STORY, async ({ run, sandbox: { root, project } }) => {
    const outside = `${root}/outside`;
    await Deno.mkdir(outside);
    for (const option of OPTIONS) {
      await Deno.writeTextFile(`${outside}/precious${option}`, PRECIOUS, { mode: 0o644 });
    }
    for (const target of ["precious", "missing"]) {
      for (const option of OPTIONS) {
        await Deno.symlink(`../outside/${target}${option}`, `${project}/${target}${option}`);
      }
      assertEquals((await run(["-q", ...OPTIONS.flatMap(named(target)), "hi"])).code, 0);
      for (const option of OPTIONS) {
        await assertWritten(`${project}/${target}${option}`, option);
        assertEquals(modeOf(`${project}/${target}${option}`), "600", option);
      }
    }
    assertEquals([...Deno.readDirSync(outside)].length, OPTIONS.length);
    for (const option of OPTIONS) {
      assertEquals(await Deno.readTextFile(`${outside}/precious${option}`), PRECIOUS);
      assertEquals(modeOf(`${outside}/precious${option}`), "644");
    }
  });
});

Deno.test("a linked directory that leads out of the workspace is refused before claude starts", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { root, project } } = scene;
    await Deno.mkdir(`${root}/outside`);
    await Deno.mkdir(`${project}/sub`);
    await Deno.symlink("../outside", `${project}/out`);
    await Deno.symlink("../../outside", `${project}/sub/out`);
    // The same workspace under another name.
    await Deno.symlink("project", `${root}/alias`);
    await Deno.mkdir(`${root}/checkout/.git`, { recursive: true });
    await Deno.mkdir(`${root}/added`);
    for (const name of ["checkout", "added"]) {
      await Deno.symlink("../outside", `${root}/${name}/out`);
    }
    const cases = [
      ...OPTIONS.map((option) => [option, "out/file"]),
      ["-o", "sub/out/file"],
      ["-o", `${root}/alias/out/file`],
      ["-o", "../checkout/out/file"],
      ["--cwd", root, "--record", "out/file"],
      ["--add-dir", "../added", "-o", "../added/out/file"],
      ["--cwd", project, "--summary", "out/file"],
    ];
    for (const args of cases) {
      await assertRefused(scene, args, "a link in its path leads out of the workspace ");
    }
    assertEquals([...Deno.readDirSync(`${root}/outside`)], []);
  });
});

Deno.test("a linked directory that leads to the files that control git or claude is refused", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { root, project }, run } = scene;
    for (const directory of [".git/hooks", ".claude/hooks"]) {
      await Deno.mkdir(`${project}/${directory}`, { recursive: true });
    }
    await Deno.symlink(".git", `${project}/git`);
    await Deno.symlink("git/hooks", `${project}/out`);
    await Deno.symlink(".claude", `${project}/docs`);
    const cases = ["git/config", "out/pre-commit", "docs/settings.json", "docs/hooks/file"];
    for (const [index, path] of cases.entries()) {
      await assertRefused(scene, [OPTIONS[index] ?? "", path], "a link in its path leads into .");
    }
    // A worktree of claude is in such a directory itself.
    const worktree = `${project}/.claude/worktrees/one`;
    await Deno.mkdir(`${worktree}/.claude`, { recursive: true });
    await Deno.writeTextFile(`${worktree}/.git`, "gitdir: elsewhere");
    await Deno.symlink(".claude", `${worktree}/docs`);
    await Deno.symlink(worktree, `${root}/worktree`);
    for (const path of [`${worktree}/docs/file`, `${root}/worktree/docs/file`]) {
      await assertRefused(scene, ["-o", path], "a link in its path leads into .claude");
    }
    const options = ["-C", `${root}/worktree`, "-o", `${root}/worktree/answer`];
    assertEquals((await run(["-q", ...options, "--record", `${worktree}/tape`, "hi"])).code, 0);
    await assertWritten(`${worktree}/answer`, "-o");
    await assertWritten(`${worktree}/tape`, "--record");
    // The caller can name them.
    assertEquals((await run(["-q", "-o", ".git/answer", "hi"])).code, 0);
    await assertWritten(`${project}/.git/answer`, "-o");
  });
});

Deno.test("a link does not redirect what claude writes for an option", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { root, project }, run } = scene;
    await Deno.mkdir(`${root}/outside`);
    await Deno.mkdir(`${project}/plans`);
    await Deno.symlink("../outside", `${project}/out`);
    await Deno.symlink("../outside/missing", `${project}/dangling`);
    await assertRefused(scene, ["--plans-dir", "out"], "cannot use --plans-dir ");
    await assertRefused(scene, ["--plans-dir", "out/new/deep"], "cannot use --plans-dir ");
    await assertRefused(scene, ["--debug-file", "out/log"], "cannot use --debug-file ");
    await assertRefused(scene, ["--debug-file", "dangling"], "cannot use --debug-file ");
    for (const directory of ["plans", "new/deep"]) {
      const args = ["--plans-dir", directory, "--debug-file", `${directory}/log`];
      assertEquals((await run(["-q", ...args, "hi"])).code, 0, directory);
    }
  });
});

Deno.test("a linked directory that stays in the workspace, or is outside of it, is no attack", async () => {
  await withFake(STORY, async ({ run, sandbox: { root, project } }) => {
    await Deno.mkdir(`${project}/docs`);
    await Deno.symlink("docs", `${project}/inside`);
    await Deno.mkdir(`${root}/real`);
    await Deno.symlink("real", `${root}/outside`);
    await Deno.symlink("project", `${root}/alias`);
    const args = ["-o", "inside/answer", "--result", `${root}/outside/result`];
    const more = ["--record", `${root}/alias/tape`, "--summary", "../outside/summary"];
    assertEquals((await run(["-q", ...args, ...more, "hi"])).code, 0);
    for (const path of ["project/docs/answer", "real/result", "project/tape", "real/summary"]) {
      await assertWritten(`${root}/${path}`, path);
    }
  });
});

Deno.test("a directory that the agent replaces by a link does not redirect a file", async () => {
  const attack = 'rm -r sub; ln -s ../outside sub; : >"$gates/outside/x"\n';
  await withFake(attack + emit(...STORY), async ({ run, sandbox: { root, project } }) => {
    await Deno.mkdir(`${root}/outside`);
    for (const options of [["--record"], ["--output", "--result", "--summary"]]) {
      await Deno.remove(`${project}/sub`).catch(() => {});
      await Deno.mkdir(`${project}/sub`);
      for (const option of options) await Deno.writeTextFile(`${project}/sub/file${option}`, "old");
      const { code, stderr } = await run(["-q", ...options.flatMap(named("sub/file")), "hi"]);
      assertEquals(code, 1, stderr);
      for (const option of options) {
        // A run whose other files were not written has no answer to write.
        if (option !== "--output") assertStringIncludes(stderr, `cannot write ${option} `);
      }
      assertEquals([...Deno.readDirSync(`${root}/outside`)].map(({ name }) => name), ["x"]);
    }
  });
});

Deno.test("a tool of the real claude cannot redirect a file either", async () => {
  const attack = bash("rm -r sub; ln -s ../outside sub; ln -sf ../outside/file answer");
  await withScene([attack, text("The answer is 42.")], async ({ run, sandbox }) => {
    const { root, project } = sandbox;
    for (const path of [`${root}/outside`, `${project}/sub`]) await Deno.mkdir(path);
    const args = ["-o", "answer", "--record", "tape", "--summary", "sub/file"];
    const { code, stderr } = await run([SKIP, "-q", ...args, "Go."]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "cannot write --summary ");
    assertEquals([...Deno.readDirSync(`${root}/outside`)], []);
    assertStringIncludes(await Deno.readTextFile(`${project}/tape`), "The answer is 42.");
    // The answer was paid for, so it is not lost.
    assertStringIncludes(stderr, "The answer is 42.");
  });
});

Deno.test("a file that the agent replaces by a link or a hard link is not written through", async () => {
  const attacks = {
    link: 'ln -sf ../precious "$1"',
    "hard link": 'ln -f ../precious "$1"',
    // Then no new file can be created, and the old one could only be overwritten.
    "hard link in a closed directory": 'ln -f ../precious "$1"; chmod 555 .',
  };
  for (const [name, attack] of Object.entries(attacks)) {
    const script = `for file in --output --result --summary; do set -- "$file"; ${attack}; done\n`;
    await withFake(script + emit(...STORY), async ({ run, sandbox: { root, project } }) => {
      await Deno.writeTextFile(`${root}/precious`, PRECIOUS, { mode: 0o644 });
      const files = ["--output", "--result", "--summary"];
      for (const file of files) await Deno.writeTextFile(`${project}/${file}`, "old");
      const args = files.flatMap((file) => [file, `./${file}`]);
      const { code } = await run(["-q", ...args, "--record", "tape", "hi"]);
      await Deno.chmod(project, 0o755);
      assert(code === 0 || code === 1, name);
      assertEquals(await Deno.readTextFile(`${root}/precious`), PRECIOUS, name);
      assertEquals(modeOf(`${root}/precious`), "644", name);
    });
  }
});

Deno.test("new files can only be read by their owner, and an old one keeps its mode", async () => {
  await withFake(STORY, async ({ run, sandbox: { project } }) => {
    const args = OPTIONS.flatMap(named("new"));
    assertEquals((await run(["-q", ...args, "hi"])).code, 0);
    for (const option of OPTIONS) assertEquals(modeOf(`${project}/new${option}`), "600", option);
    for (const option of OPTIONS) await Deno.chmod(`${project}/new${option}`, 0o640);
    assertEquals((await run(["-q", ...args, "hi"])).code, 0);
    for (const option of OPTIONS) {
      assertEquals(modeOf(`${project}/new${option}`), option === "--record" ? "600" : "640");
    }
  });
});

Deno.test("a recording grows under its final name, and an old one stays until claude writes", async () => {
  const body = `${gate("start")}${emit(STORY[0] ?? "")}${gate("end")}${emit(...STORY.slice(1))}`;
  await withFake(body, async ({ start, created, open, sandbox: { project } }) => {
    const path = `${project}/tape`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    await using ccrun = await start(["--json", "--record", "tape", "hi"]);
    await created("prompt");
    assertEquals(await Deno.readTextFile(path), "old");
    await open("start");
    await ccrun.stdoutUntil("session_info");
    assertEquals(await Deno.readTextFile(path), `${STORY[0]}\n`);
    assertEquals([modeOf(path), drafts(project)], ["600", []]);
    await open("end");
    assertEquals((await ccrun.finished).code, 0);
    assertEquals(await Deno.readTextFile(path), `${STORY.join("\n")}\n`);
  });
});

testWith({ commands: ["gzip"] }, "a recording can go to a pipe or to /dev/null", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { code, stdout, stderr } = await shell(
      "ccrun -q --record >(gzip >tape.gz) hi && ccrun -q --record /dev/null hi && " +
        "until gzip -dc tape.gz 2>/dev/null; do sleep 0.05; done",
    );
    assertEquals(code, 0, stderr);
    const stream = `${STORY.join("\n")}\n`;
    assertEquals(stdout, `${ANSWER}\n`.repeat(2) + stream);
  });
});

Deno.test("a file that is the log of the run is refused, with advice that works", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { project }, run } = scene;
    await Deno.symlink("/dev/stderr", `${project}/link`);
    const streams = ["/dev/stdout", "/dev/stderr", "/dev/tty", "/proc/self/fd/2"];
    for (const [index, option] of OPTIONS.entries()) {
      await assertRefused(scene, [option, streams[index] ?? ""], `${option} needs a file`);
    }
    const { stderr } = await run(["-q", "-o", "/dev/stdout", "hi"]);
    assertStringIncludes(stderr, "remove it: stdout has the answer anyway");
    // A link is replaced, wherever it leads.
    const { code, stderr: log } = await run(["-q", "--summary", "link", "hi"]);
    assertEquals([code, log], [0, ""]);
    await assertWritten(`${project}/link`, "--summary");
  });
});

Deno.test("the artifact of GitLab is not redirected by what the agent does", async () => {
  const attack = 'mv "$gates/project" "$gates/moved"; ln -s outside "$gates/project"\n';
  await withFake(attack + emit(...STORY), async ({ run, sandbox: { root, project } }) => {
    await Deno.mkdir(`${root}/outside`);
    const env = { CI: "true", GITLAB_CI: "true", CI_PROJECT_DIR: project };
    const { code, stderr } = await run(["-q", "hi"], { env });
    assertEquals([...Deno.readDirSync(`${root}/outside`)], []);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "warning: cannot write the summary");
  });
});

Deno.test("a step's file that the agent replaces is not written", async () => {
  const files = ["summary", "output"];
  for (const attack of ["ln -sf", "ln -f"]) {
    const script = files.map((name) => `${attack} "$gates/precious" "$gates/${name}"`).join("\n");
    for (const existed of [true, false]) {
      await withFake(`${script}\n${emit(...STORY)}`, async ({ run, sandbox: { root } }) => {
        await Deno.writeTextFile(`${root}/precious`, PRECIOUS);
        if (existed) { for (const name of files) await Deno.writeTextFile(`${root}/${name}`, ""); }
        const env = {
          GITHUB_ACTIONS: "true",
          GITHUB_OUTPUT: `${root}/output`,
          GITHUB_STEP_SUMMARY: `${root}/summary`,
        };
        const { code, stderr } = await run(["-q", "hi"], { env });
        assertEquals(code, 0, stderr);
        for (const name of ["precious", ...files]) {
          assertEquals(await Deno.readTextFile(`${root}/${name}`), PRECIOUS, attack);
        }
        assertStringIncludes(stderr, "cannot write the step summary");
        assertStringIncludes(stderr, "cannot write the step's outputs");
      });
    }
  }
});

testWith(
  TWO_USERS,
  "a file of another user is replaced, and that user learns nothing",
  async () => {
    await withFake(STORY, async ({ run, sandbox: { project } }) => {
      const opened: Deno.FsFile[] = [];
      for (const option of OPTIONS) {
        const path = `${project}/foreign${option}`;
        await Deno.writeTextFile(path, PRECIOUS);
        await Deno.chmod(path, 0o666);
        await Deno.chown(path, OTHER_USER, OTHER_USER);
        opened.push(await Deno.open(path));
      }
      assertEquals((await run(["-q", ...OPTIONS.flatMap(named("foreign")), "hi"])).code, 0);
      for (const option of OPTIONS) {
        const path = `${project}/foreign${option}`;
        await assertWritten(path, option);
        assertEquals([Deno.statSync(path).uid, modeOf(path)], [0, "600"], option);
      }
      for (const file of opened) {
        const { size, mode } = await file.stat();
        assertEquals([size, (mode ?? 0) & 0o777], [PRECIOUS.length, 0o666]);
        file.close();
      }
    });
  },
);

testWith(TWO_USERS, "a pipe of another user is not written to", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { project } } = scene;
    await scene.shell(`mkfifo pipe; chmod 666 pipe; chown ${OTHER_USER} pipe`);
    for (const option of ["--record", "--output"]) {
      await assertRefused(scene, [option, `${project}/pipe`], `cannot write ${option} `);
    }
  });
});

testWith(
  TWO_USERS,
  "a file of another user in a shared directory is refused before claude starts",
  async () => {
    await withFake(STORY, async ({ shell, sandbox, prompt }) => {
      const env = await giveToOtherUser(sandbox);
      const shared = `${sandbox.root}/shared`;
      await Deno.mkdir(shared);
      await Deno.chmod(shared, 0o1777);
      await Deno.writeTextFile(`${sandbox.root}/precious`, PRECIOUS, { mode: 0o644 });
      await Deno.writeTextFile(`${shared}/file`, PRECIOUS);
      await Deno.chmod(`${shared}/file`, 0o666);
      await Deno.symlink(`${sandbox.root}/precious`, `${shared}/link`);
      await Deno.mkdir(`${sandbox.root}/closed`);
      await Deno.writeTextFile(`${sandbox.root}/closed/file`, PRECIOUS);
      await Deno.chmod(`${sandbox.root}/closed/file`, 0o666);
      for (const option of ["--record", "--output"]) {
        for (const path of [`${shared}/file`, `${shared}/link`, `${sandbox.root}/closed/file`]) {
          const { code, stderr } = await shell(`${AS_OTHER_USER} ccrun -q ${option} ${path} hi`, {
            env,
          });
          assertEquals(code, 2, stderr);
          assertStringIncludes(stderr, `cannot write ${option} ${path}: `);
          assertMatch(stderr, /another user|permission denied/);
        }
      }
      assertEquals(await prompt(), undefined, "claude was started");
      assertEquals(await Deno.readTextFile(`${shared}/file`), PRECIOUS);
      assertEquals(await Deno.readTextFile(`${sandbox.root}/precious`), PRECIOUS);
      // A name that is free can be used, and a file of the user in a closed directory is overwritten.
      const own = `${sandbox.root}/closed/own`;
      await Deno.writeTextFile(own, "old");
      await Deno.chown(own, OTHER_USER, OTHER_USER);
      const files = `-o ${shared}/new --record ${own}`;
      const { code, stderr } = await shell(`${AS_OTHER_USER} ccrun -q ${files} hi`, { env });
      assertEquals(code, 0, stderr);
      assertEquals(await Deno.readTextFile(own), `${STORY.join("\n")}\n`);
    });
  },
);

testWith(TWO_USERS, "a directory that another user linked in a shared one is refused", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox: { root }, run } = scene;
    await Deno.mkdir(`${root}/own`);
    await Deno.mkdir(`${root}/shared`);
    await Deno.chmod(`${root}/shared`, 0o1777);
    await Deno.symlink("../own", `${root}/shared/foreign`);
    await scene.shell(`chown -h ${OTHER_USER} ${root}/shared/foreign`);
    for (const option of OPTIONS) {
      const path = `${root}/shared/foreign/file`;
      await assertRefused(scene, [option, path], "/shared/foreign belongs to another user");
    }
    assertEquals([...Deno.readDirSync(`${root}/own`)], []);
    await Deno.symlink("../own", `${root}/shared/link`);
    assertEquals((await run(["-q", "-o", `${root}/shared/link/answer`, "hi"])).code, 0);
    await assertWritten(`${root}/own/answer`, "-o");
  });
});

testWith(
  { unless: TWO_USERS.unless ?? (CAN_MOUNT ? undefined : "this machine does not allow mounts") },
  "a mounted file is written, also if it belongs to another user, as in a container",
  async () => {
    await withFake(STORY, async ({ shell, sandbox: { root, project } }) => {
      for (const option of OPTIONS) {
        await Deno.writeTextFile(`${root}/mounted`, "old", { mode: 0o644 });
        await Deno.chown(`${root}/mounted`, OTHER_USER, OTHER_USER);
        await Deno.writeTextFile(`${project}/file`, "");
        const mount = `mount --bind ${root}/mounted ${project}/file`;
        const { code, stderr } = await shell(
          `unshare --mount sh -c '${mount} && exec ccrun -q ${option} file hi'`,
        );
        assertEquals(code, 0, `${option}: ${stderr}`);
        assert((await Deno.readTextFile(`${root}/mounted`)).includes("42"), option);
        assertEquals(Deno.statSync(`${root}/mounted`).uid, OTHER_USER);
      }
    });
  },
);

testWith(TWO_USERS, "a TMPDIR in which another user can replace our files is refused", async () => {
  await withFake(STORY, async ({ run, sandbox: { root }, prompt }) => {
    const temp = `${root}/shared`;
    await Deno.mkdir(temp);
    const settings = ["-q", "--settings", '{"env":{"TOKEN":"x"}}', "hi"];
    const cases = [
      { mode: 0o777, uid: 0, reason: "other users can replace files in it" },
      { mode: 0o1777, uid: OTHER_USER, reason: "it belongs to another user" },
      { mode: 0o700, uid: OTHER_USER, reason: "it belongs to another user" },
    ];
    for (const { mode, uid, reason } of cases) {
      await Deno.chown(temp, uid, uid);
      await Deno.chmod(temp, mode);
      const { code, stderr } = await run(settings, { env: { TMPDIR: temp } });
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, reason);
      assertStringIncludes(stderr, "set TMPDIR to");
      assertEquals([...Deno.readDirSync(temp)], []);
    }
    assertEquals(await prompt(), undefined, "claude was started");
    await Deno.chown(temp, 0, 0);
    for (const mode of [0o1777, 0o700, 0o775]) {
      await Deno.chmod(temp, mode);
      const { code, stderr } = await run(settings, { env: { TMPDIR: temp } });
      assertEquals(code, 0, stderr);
    }
    const { code, stderr } = await run(settings, { env: { TMPDIR: "" } });
    assertEquals(code, 0, stderr);
  });
});

/**
 * Tasks that try to make the git of ccrun run a program, or lead it elsewhere, with files in their worktree.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { openWorktrees } from "../../lib/batch/worktrees/open_worktrees.ts";
import { CcrunError } from "../../lib/errors.ts";
import { exists } from "../../lib/util/exists.ts";
import { git } from "../support/batch_git.ts";
import { writeExecutable } from "../support/executable.ts";
import { testWith } from "../support/test_with.ts";
import { GIT, withWorktrees } from "../support/worktree_scene.ts";

/** A program in the repository that its configuration names, which the task changes. */
const TOOL = "./tool.sh";

/** An attack: the configuration of the user, and what the task does. */
type Attack = readonly [
  name: string,
  config: Readonly<Record<string, string>>,
  script: string,
];

/** Makes git in a directory run the tool of the task. */
const poison = (directory: string, setting = "core.fsmonitor") =>
  `git -C ${directory} config ${setting} "$TOOL"`;

const attributes = (text: string) => `echo '* ${text}' >.gitattributes`;

const ATTACKS: readonly Attack[] = [
  [
    "hooks in a relative path",
    { "core.hooksPath": "hooks" },
    `mkdir hooks; for hook in reference-transaction post-checkout post-index-change pre-commit; do
       cp tool.sh hooks/$hook; done`,
  ],
  ["the monitor of the file system", { "core.fsmonitor": TOOL }, ":"],
  ["a conversion to text", { "diff.x.textconv": TOOL }, attributes("diff=x")],
  ["an external diff", { "diff.external": TOOL }, ":"],
  ["an external diff of some files", { "diff.x.command": TOOL }, attributes("diff=x")],
  ["a filter", { "filter.x.clean": TOOL }, attributes("filter=x")],
  [
    "a required filter with a name that is hard to override",
    { "filter.a=b.c.clean": `sh ${TOOL}`, "filter.a=b.c.required": "true" },
    attributes("filter=a=b.c"),
  ],
  [
    "a filter process",
    { "filter.x.process": TOOL, "filter.x.required": "true" },
    attributes("filter=x"),
  ],
  [
    "a filter that looks like Git LFS",
    { "filter.lfs.clean": `git-lfs clean -- %f; ${TOOL}` },
    attributes("filter=lfs"),
  ],
  ["a directory instead of .git", {}, `rm .git; git init -q; ${poison(".")}`],
  [
    "a link to another repository instead of .git",
    {},
    `git init -q sub2; ${poison("sub2")}; rm .git; echo 'gitdir: sub2/.git' >.git`,
  ],
  [
    "a filter in a submodule",
    {},
    `git init -q sub; cd sub; touch file; git add file; git commit -qm x; cd ..; git add sub;
     ${poison("sub", "filter.x.clean")}; cd sub; ${attributes("filter=x")}; echo x >file; cd ..`,
  ],
  ["a repository in a directory", {}, `git init -q own; ${poison("own")}`],
];

testWith(GIT, "a task cannot make the git of ccrun run a program", async () => {
  await withWorktrees(async ({ sandbox, runTask, reopen, git: inProject }) => {
    const ran = `${sandbox.root}/ran`;
    await Deno.chmod(`${sandbox.project}/tool.sh`, 0o755);
    const commit = await inProject("rev-parse", "HEAD");
    await inProject(
      "update-index",
      "--add",
      "--chmod=+x",
      "--cacheinfo",
      `160000,${commit},sub`,
      "tool.sh",
    );
    await inProject("commit", "-qm", "Submodule");
    const unnoticed: string[] = [];
    for (const [name, config, script] of ATTACKS) {
      for (const [key, value] of Object.entries(config)) await inProject("config", key, value);
      const worktrees = await reopen();
      const tree = await worktrees.prepare(name);
      const change = `echo 'touch "${ran}"; exit 1' >tool.sh; TOOL=$PWD/tool.sh`;
      await runTask(tree, `${change}; ${script}; echo x >notes.txt`);
      await Deno.remove(ran).catch(() => {});
      // The git of a user runs the program.
      await runTask(
        tree,
        "git status; git diff; git update-ref refs/heads/x HEAD; cd own && git status || :",
      )
        .catch(() => {});
      if (!await exists(ran)) unnoticed.push(name);
      await Deno.remove(ran).catch(() => {});
      const changed = await worktrees.finish(tree);
      assert((changed?.changes.files ?? 0) >= 2, name);
      assertEquals(await exists(ran), false, `finish: ${name}`);
      await runTask(tree, `TOOL=$PWD/tool.sh; ${script}`).catch(() => {});
      await Deno.remove(ran).catch(() => {});
      const again = await worktrees.prepare(name);
      assertEquals(await worktrees.finish(again), undefined, name);
      assertEquals(await exists(ran), false, `prepare: ${name}`);
      for (const key of Object.keys(config)) await inProject("config", "--unset", key);
    }
    assertEquals(unnoticed, []);
  }, { "tool.sh": "#!/bin/sh\ncat\n" });
});

testWith(
  GIT,
  "finish does not follow what a task has put in the place of its worktree",
  async () => {
    const replace = (command: string) => `cd ..; mv "$OLDPWD" ../moved-$$; ${command}`;
    const scripts = [
      replace(":"),
      replace('ln -s "$HOME" "$OLDPWD"'),
      replace('echo x >"$OLDPWD"'),
      replace('mkfifo "$OLDPWD"'),
    ];
    await withWorktrees(async ({ sandbox, worktrees, runTask }) => {
      await Deno.writeTextFile(`${sandbox.home}/precious`, "precious");
      for (const script of scripts) {
        const unchanged = await worktrees.prepare("unchanged");
        await runTask(unchanged, script);
        assertEquals(await worktrees.finish(unchanged), undefined, script);
        const tree = await worktrees.prepare("changed");
        await runTask(tree, `echo x >new; git add new; git commit -qm New; ${script}`);
        const { changes } = await worktrees.finish(tree) ?? {};
        assertEquals([changes?.files, changes?.untracked, changes?.commits], [1, 0, 1], script);
        assertEquals(await Deno.readTextFile(`${tree.path}/new`), "x\n");
        assertEquals(await Deno.readTextFile(`${sandbox.home}/precious`), "precious", script);
      }
    });
  },
);

testWith(GIT, "a kept worktree belongs to its repository again", async () => {
  const scripts = [
    "rm .git",
    "rm .git; git init -q; touch .git/new",
    "echo 'gitdir: /none' >.git",
    "mv .git old; ln -s old .git",
    "rm .git; mkfifo .git",
  ];
  await withWorktrees(async ({ sandbox, worktrees, runTask, git: inProject }) => {
    for (const script of scripts) {
      const tree = await worktrees.prepare(script);
      const link = await Deno.readTextFile(`${tree.path}/.git`);
      await runTask(tree, `echo x >>notes.txt; ${script}`);
      assert(await worktrees.finish(tree) !== undefined, script);
      assert((await Deno.lstat(`${tree.path}/.git`)).isFile, script);
      assertEquals(await Deno.readTextFile(`${tree.path}/.git`), link);
      const commonDir = await git(sandbox, tree.path, "rev-parse", "--git-common-dir");
      assertEquals(commonDir, `${await inProject("rev-parse", "--absolute-git-dir")}\n`);
    }
  });
});

testWith(GIT, "finish fails for a worktree that git cannot compare, and keeps it", async () => {
  const cases: readonly (readonly [script: string, reason: string])[] = [
    ["rm notes.txt; mkfifo notes.txt", "cannot hash notes.txt"],
    ['rm -r "$GIT_STATE"', "not a git repository"],
  ];
  await withWorktrees(async ({ worktrees, runTask, git: inProject }) => {
    for (const [script, reason] of cases) {
      const tree = await worktrees.prepare(script);
      await runTask(tree, `echo x >new; ${script}`);
      const error = await assertRejects(() => worktrees.finish(tree), CcrunError, reason);
      assert(error.message.startsWith(`cannot finish the worktree ${tree.path}: `), error.message);
      assertEquals(await Deno.readTextFile(`${tree.path}/new`), "x\n");
      await inProject("rev-parse", "--verify", `refs/heads/${tree.branch}`);
    }
  });
});

testWith(
  GIT,
  "the variables of a hook and relative directories in PATH do not lead git",
  async () => {
    await withWorktrees(async ({ sandbox, env, base, git: inProject }) => {
      const { root, project } = sandbox;
      await writeExecutable(`${project}/git`, `#!/bin/sh\ntouch '${root}/ran'\n`);
      await git(sandbox, root, "init", "-q", "other");
      const hook = {
        PATH: `.:${project.replace(/.*\//, "../")}:${env["PATH"]}`,
        GIT_DIR: `${root}/other/.git`,
        GIT_WORK_TREE: `${root}/other`,
        GIT_INDEX_FILE: `${root}/other/index`,
        GIT_OBJECT_DIRECTORY: `${root}/none`,
        GIT_EXEC_PATH: project,
        GIT_CONFIG_PARAMETERS: "'core.bare=true'",
      };
      const worktrees = await openWorktrees({ cwd: project, env: { ...env, ...hook } });
      const tree = await worktrees.prepare("one");
      assertEquals(await inProject("-C", tree.path, "rev-parse", "HEAD"), base);
      assertEquals(await worktrees.finish(tree), undefined);
      assertEquals(await exists(`${root}/ran`), false);
      assertEquals([...Deno.readDirSync(`${root}/other`)].map(({ name }) => name), [".git"]);
    });
  },
);

import { assert, assertEquals } from "@std/assert";
import { fileNameOf } from "../../../lib/batch/file_name.ts";
import { git, listWorktrees, taskBranches } from "../../support/batch_git.ts";
import { writeExecutable } from "../../support/executable.ts";
import { testWith } from "../../support/test_with.ts";
import { GIT, withWorktrees } from "../../support/worktree_scene.ts";

testWith(
  GIT,
  "worktrees in which nothing changes are removed, even if 8 tasks end at once",
  async () => {
    const files = { ".gitignore": "*.log\n", "src/a.js": "a\n" };
    await withWorktrees(async ({ sandbox, worktrees, base }) => {
      assertEquals(worktrees.warnings, []);
      const ids = Array.from({ length: 8 }, (_, index) => `src/${index} \u202e$(x)`);
      const trees = await Promise.all(
        ids.map((id) => worktrees.prepare(id, `${sandbox.project}/src`)),
      );
      for (const [index, { branch, path, cwd }] of trees.entries()) {
        const name = fileNameOf(ids[index]!);
        assertEquals(branch, `ccrun/${name}`);
        assert(path.startsWith(`${sandbox.home}/.local/state/ccrun/worktrees/`), path);
        assert(path.endsWith(`/${name}`), path);
        assertEquals(cwd, `${path}/src`);
        assertEquals(await Deno.readTextFile(`${cwd}/a.js`), "a\n");
        assertEquals(await git(sandbox, path, "rev-parse", "HEAD"), `${base}\n`);
        await Deno.writeTextFile(`${path}/debug.log`, "ignored");
      }
      const { path } = trees[0]!;
      const { mode } = await Deno.lstat(path.replace(/\/[^/]*$/, ""));
      assertEquals((mode ?? 0) & 0o777, 0o700);
      assertEquals(
        new Set(await taskBranches(sandbox)),
        new Set(trees.map(({ branch }) => branch)),
      );
      assertEquals(
        await Promise.all(trees.map((tree) => worktrees.finish(tree))),
        trees.map(() => undefined),
      );
      assertEquals([await listWorktrees(sandbox), await taskBranches(sandbox)], [[], []]);
      assertEquals([...Deno.readDirSync(path.replace(/\/[^/]*$/, ""))], []);
    }, files);
  },
);

const NOTHING = { files: 0, insertions: 0, deletions: 0, untracked: 0, commits: 0 };

/** Settings that change the output of some commands. */
const USER_SETTINGS = {
  "color.ui": "always",
  "status.branch": "true",
  "status.showUntrackedFiles": "no",
  "status.relativePaths": "false",
  "diff.renames": "false",
  "diff.ignoreSubmodules": "all",
  "core.quotePath": "false",
};

testWith(GIT, "finish returns what a task has changed", async () => {
  const commit = "git commit -qam Task";
  const cases: readonly (readonly [script: string, changes: Partial<typeof NOTHING>])[] = [
    ["echo more >>notes.txt", { files: 1, insertions: 1 }],
    ["rm notes.txt", { files: 1, deletions: 3 }],
    ["mkdir new; echo x >new/a; echo y >'new/b\n?? c'", { untracked: 2 }],
    ["echo x >new; git add new", { files: 1, insertions: 1 }],
    ["git mv notes.txt moved.txt", { files: 1 }],
    ["chmod +x notes.txt", { files: 1 }],
    ["ln -sf /etc/hosts notes.txt", { files: 1, insertions: 1, deletions: 3 }],
    [`echo more >>notes.txt; ${commit}`, { files: 1, insertions: 1, commits: 1 }],
    [`echo 1 >>notes.txt; ${commit}; echo 2 >>notes.txt; ${commit}; echo 3 >new`, {
      files: 1,
      insertions: 2,
      untracked: 1,
      commits: 2,
    }],
    [`echo more >>notes.txt; ${commit}; git revert --no-edit HEAD`, { commits: 2 }],
    ["git commit -q --allow-empty -m Empty", { commits: 1 }],
    ["git init -q nested; git -C nested commit -q --allow-empty -m Nested", { untracked: 1 }],
    ['mkdir "$GIT_STATE/modules"', {}],
  ];
  await withWorktrees(async ({ sandbox, worktrees, runTask, git }) => {
    for (const [name, value] of Object.entries(USER_SETTINGS)) await git("config", name, value);
    for (const [script, changes] of cases) {
      const tree = await worktrees.prepare(script);
      await runTask(tree, script);
      assertEquals(
        await worktrees.finish(tree),
        { branch: tree.branch, worktree: tree.path, changes: { ...NOTHING, ...changes } },
        script,
      );
    }
    const kept = await listWorktrees(sandbox);
    assertEquals(kept.map(({ branch }) => branch).toSorted(), [...await taskBranches(sandbox)]);
    assertEquals(kept.length, cases.length);
  });
});

testWith(
  GIT,
  "finish keeps the commits of a task that has checked out something else",
  async () => {
    const edit = "echo more >>notes.txt; git commit -qam Task";
    const cases: readonly (readonly [script: string, suffix: string])[] = [
      [`git checkout -q --detach; ${edit}`, ""],
      [`git checkout -q -b feature; ${edit}`, ""],
      ["git checkout -q -b unchanged", ""],
      [`${edit}; git checkout -q --detach HEAD~1`, ""],
      [`${edit}; git checkout -q --detach HEAD~1; ${edit}2`, "-head"],
      ['echo x >>notes.txt; git update-ref -d "$(git symbolic-ref HEAD)"', ""],
      ["git checkout -q --orphan other; git commit -qm Other", "-head"],
    ];
    await withWorktrees(async ({ worktrees, runTask, git }) => {
      for (const [script, suffix] of cases) {
        const tree = await worktrees.prepare(script);
        await runTask(tree, script);
        const head = await git("-C", tree.path, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")
          .catch(() => undefined);
        const changed = await worktrees.finish(tree);
        if (script.includes("unchanged")) {
          assertEquals(changed, undefined);
          continue;
        }
        assertEquals(changed?.branch, tree.branch + suffix, script);
        // Fails if the branch of the worktree does not contain the commit.
        await git("merge-base", "--is-ancestor", head ?? "main", changed?.branch ?? "");
        assertEquals(await git("rev-parse", "--verify", `refs/heads/${tree.branch}`) !== "", true);
      }
    });
  },
);

testWith(GIT, "Git LFS compares the files that a task has not changed", async () => {
  await withWorktrees(async ({ sandbox, reopen, runTask, git }) => {
    await writeExecutable(
      `${sandbox.bin}/git-lfs`,
      '#!/bin/sh\n[ "$1" = clean ] && tr a-z A-Z || tr A-Z a-z\n',
    );
    for (const name of ["clean", "smudge"]) {
      await git("config", `filter.lfs.${name}`, `git-lfs ${name} -- %f`);
    }
    await git("add", "--renormalize", "image.bin");
    await git("commit", "-qm", "Pointer");
    assertEquals(await git("show", "HEAD:image.bin"), "IMAGE");
    const worktrees = await reopen();
    const tree = await worktrees.prepare("one");
    await runTask(tree, '[ "$(cat image.bin)" = image ]; touch image.bin');
    assertEquals(await worktrees.finish(tree), undefined);
  }, { ".gitattributes": "*.bin filter=lfs\n", "image.bin": "image\n" });
});

testWith(GIT, "prepare resets what a killed execution has left", async () => {
  const scripts = [
    "echo x >>notes.txt; echo x >new; git add new",
    'git worktree lock .; touch "$GIT_STATE/index.lock"',
    "git checkout -q --detach; git commit -q --allow-empty -m Task",
    'cd ..; rm -r "$OLDPWD"',
    'cd ..; rm -r "$OLDPWD"; ln -s "$HOME" "$OLDPWD"',
    'cd ..; rm -r "$OLDPWD"; echo x >"$OLDPWD"',
    'ln -s "$HOME" link; rm -r src; ln -s "$HOME" src',
    "rm .git; git init -q",
    "rm .git; echo 'gitdir: /none' >.git",
    'rm -r "$GIT_STATE"',
    ': >"$GIT_STATE/gitdir"',
    'rm "$GIT_STATE/gitdir" "$GIT_STATE/HEAD"; echo initializing >"$GIT_STATE/locked"',
    ': >"$GIT_STATE/HEAD"',
    ': >"$GIT_STATE/index"',
    "mkdir closed; touch closed/file; chmod 0 closed",
  ];
  await withWorktrees(async ({ sandbox, worktrees, base, runTask }) => {
    await Deno.writeTextFile(`${sandbox.home}/precious`, "precious");
    for (const script of scripts) {
      const first = await worktrees.prepare("one");
      await runTask(first, script);
      const tree = await worktrees.prepare("one");
      assertEquals(tree, first, script);
      const state = await git(sandbox, tree.path, "status", "--porcelain", "--branch");
      assertEquals(state, `## ${tree.branch}\n`, script);
      assertEquals(await git(sandbox, tree.path, "rev-parse", "HEAD"), `${base}\n`, script);
      assertEquals((await listWorktrees(sandbox)).length, 1, script);
      assertEquals(await Deno.readTextFile(`${sandbox.home}/precious`), "precious", script);
    }
  }, { "src/a.js": "a\n" });
});

import { assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../../lib/errors.ts";
import { taskBranches } from "../../support/batch_git.ts";
import { testWith } from "../../support/test_with.ts";
import { waitFor } from "../../support/wait_for.ts";
import { GIT, withWorktrees } from "../../support/worktree_scene.ts";

testWith(GIT, "the reflog of a branch keeps what earlier executions have done", async () => {
  await withWorktrees(async ({ sandbox, worktrees, runTask, git }) => {
    const first = await worktrees.prepare("one");
    await runTask(
      first,
      "echo one >>notes.txt; git commit -qam One; echo two >>notes.txt; echo x >new",
    );
    await worktrees.finish(first);
    const second = await worktrees.prepare("one");
    assertEquals(await git("-C", second.path, "status", "--porcelain"), "");
    assertEquals(await worktrees.finish(second), undefined);
    // The branch stays without a worktree.
    assertEquals(await taskBranches(sandbox), [second.branch]);
    const [, saved = "", own] =
      (await git("log", "--walk-reflogs", "--format=%H %s", second.branch))
        .split("\n");
    assertEquals(own?.replace(/^\S+ /, ""), "One");
    const commit = saved.slice(0, 40);
    assertEquals(await git("diff", "--name-status", `${commit}~1`, commit), "A\tnew\nM\tnotes.txt");
  });
});

testWith(GIT, "prepare does not touch a branch that the user has checked out", async () => {
  await withWorktrees(async ({ sandbox, worktrees, runTask, git }) => {
    const tree = await worktrees.prepare("one");
    await runTask(
      tree,
      "echo x >>notes.txt; git commit -qam Task; git checkout -q --detach; echo y >y",
    );
    await git("worktree", "add", "-q", `${sandbox.root}/mine`, tree.branch);
    const tip = await git("rev-parse", tree.branch);
    const error = await assertRejects(() => worktrees.prepare("one"), CcrunError);
    assertEquals(
      error.message,
      `cannot create the worktree ${tree.path}: its branch ${tree.branch} is checked out in ${sandbox.root}/mine`,
    );
    assertEquals(error.hint, "check out another branch there");
    assertEquals(await git("rev-parse", tree.branch), tip);
    assertEquals(await Deno.readTextFile(`${tree.path}/y`), "y\n");
    await git("worktree", "remove", `${sandbox.root}/mine`);
    await git("checkout", "-q", tree.branch);
    await assertRejects(
      () => worktrees.prepare("one"),
      CcrunError,
      `is checked out in ${sandbox.project}`,
    );
  });
});

testWith(GIT, "prepare does not reset a worktree that another batch uses", async () => {
  await withWorktrees(async ({ worktrees, reopen }) => {
    const tree = await worktrees.prepare("one");
    await Deno.writeTextFile(`${tree.path}/new`, "new");
    const other = await reopen();
    await assertRejects(() => other.prepare("one"), CcrunError, "another batch uses it");
    assertEquals(await Deno.readTextFile(`${tree.path}/new`), "new");
    await worktrees.finish(tree);
    assertEquals(await other.finish(await other.prepare("one")), undefined);
  });
});

testWith(
  GIT,
  "prepare waits for the git of a killed ccrun, which still creates the worktree",
  async () => {
    await withWorktrees(async ({ sandbox, worktrees, git }) => {
      const { path, gitDir, branch } = await worktrees.prepare("one");
      await worktrees.finish({ path, gitDir, branch, cwd: path });
      const script = `touch started; until [ -e go ]; do sleep 0.01; done; cat`;
      await git("config", "filter.slow.smudge", `cd "${sandbox.root}"; ${script}`);
      await Deno.writeTextFile(
        `${sandbox.project}/.git/info/attributes`,
        "notes.txt filter=slow\n",
      );
      const orphan = git("worktree", "add", "-q", "-b", branch, path);
      assertEquals(await waitFor(() => existsSync(`${sandbox.root}/started`), 10_000), true);
      const preparing = worktrees.prepare("one");
      await Deno.writeTextFile(`${sandbox.root}/go`, "");
      await orphan;
      const tree = await preparing;
      assertEquals(await git("-C", tree.path, "status", "--porcelain"), "");
      assertEquals(
        await git("worktree", "list", "--porcelain").then((list) => list.includes("locked")),
        false,
      );
      assertEquals(await worktrees.finish(tree), undefined);
    });
  },
);

testWith(
  GIT,
  "prepare fails for a directory that is not in the commit, and leaves no worktree",
  async () => {
    await withWorktrees(async ({ sandbox, worktrees }) => {
      const { project, home } = sandbox;
      await Deno.mkdir(`${project}/new`);
      await Deno.symlink("new", `${project}/alias`);
      const cases: readonly (readonly [cwd: string, reason: string])[] = [
        [`${project}/new`, `the current commit does not contain the directory ${project}/new`],
        ["alias", "the current commit does not contain the directory alias"],
        ["none", "the directory none does not exist"],
        ["notes.txt", "the current commit does not contain the directory notes.txt"],
        [".git", "the current commit does not contain the directory .git"],
        [home, `${home} is not in the repository ${project}`],
        ["..", `.. is not in the repository ${project}`],
      ];
      for (const [cwd, reason] of cases) {
        const error = await assertRejects(() => worktrees.prepare("one", cwd), CcrunError);
        assertEquals(error.message.replace(/^cannot create the worktree \S+: /, ""), reason);
        assertEquals(await taskBranches(sandbox), [], cwd);
      }
      const tree = await worktrees.prepare("one", "");
      assertEquals(tree.cwd, tree.path);
    });
  },
);

function existsSync(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

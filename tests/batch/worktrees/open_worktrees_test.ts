import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkVersion } from "../../../lib/batch/worktrees/git_repository.ts";
import { openWorktrees } from "../../../lib/batch/worktrees/open_worktrees.ts";
import { CcrunError } from "../../../lib/errors.ts";
import { git, initRepository } from "../../support/batch_git.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { testWith } from "../../support/test_with.ts";
import { GIT, withWorktrees } from "../../support/worktree_scene.ts";

testWith(GIT, "openWorktrees fails without a git and a repository that it can use", async () => {
  await using sandbox = await makeSandbox();
  const { root, project, home } = sandbox;
  const env = sandbox.env();
  const run = (...args: readonly string[]) => git(sandbox, root, ...args);
  await run("init", "-q", "--bare", `${root}/bare`);
  await run("init", "-q", `${root}/empty`);
  await initRepository(sandbox);
  await run("clone", "-q", project, `${root}/named`);
  await run("-C", `${root}/named`, "branch", "ccrun");
  const cases: readonly (readonly [cwd: string, reason: string, hint: string])[] = [
    [home, "not a git repository (or any of the parent directories): .git", "run it in a git"],
    [`${root}/bare`, `${root}/bare is a bare repository`, "run it in a checkout"],
    [`${project}/.git`, "this operation must be run in a work tree", "run it in a git"],
    [`${root}/empty`, "the repository has no commit", "commit the files"],
    [`${root}/named`, "the repository has a branch named ccrun", "rename it"],
    [`${root}/none`, `${root}/none: No such file or directory`, "name a directory"],
  ];
  for (const [cwd, reason, hint] of cases) {
    const error = await assertRejects(() => openWorktrees({ cwd, env }), CcrunError);
    assertEquals([error.kind, error.message], ["usage", `cannot use --worktrees: ${reason}`]);
    assert(error.hint?.startsWith(hint), error.hint);
  }
});

Deno.test("checkVersion refuses a git that takes no settings from the environment", () => {
  const cases: readonly (readonly [output: string, isOld: boolean])[] = [
    ["git version 1.8.3.1", true],
    ["git version 2.30.2", true],
    ["git version 2.31.0", false],
    ["git version 2.39.5 (Apple Git-154)", false],
    ["git version 2.100.GIT", false],
    ["git version 3.0", false],
  ];
  for (const [output, isOld] of cases) {
    if (!isOld) checkVersion(output);
    else assertThrows(() => checkVersion(output), CcrunError, "is too old");
  }
});

testWith(GIT, "openWorktrees warns about what the worktrees lack", async () => {
  await withWorktrees(async ({ sandbox, git, reopen }) => {
    const { project } = sandbox;
    await Deno.writeTextFile(`${project}/notes.txt`, "changed\n");
    await Deno.writeTextFile(`${project}/new`, "new\n");
    await Deno.writeTextFile(`${project}/.gitmodules`, "");
    await git("config", "filter.indent.clean", "./indent.sh");
    await git("config", "filter.lfs.clean", "git-lfs clean -- %f");
    await git("config", "filter.lfs.process", "git-lfs filter-process");
    assertEquals((await reopen()).warnings, [
      "the worktrees lack 3 uncommitted files of the workspace",
      "the worktrees lack the files of submodules",
      "files with a git filter can count as changed, because it is not run: indent",
    ]);
  });
});

testWith(GIT, "openWorktrees refuses a folder in which others could replace files", async () => {
  await withWorktrees(async ({ sandbox, env }) => {
    const { root, project } = sandbox;
    const state = `${root}/state`;
    const open = (XDG_STATE_HOME: string) =>
      openWorktrees({ cwd: project, env: { ...env, XDG_STATE_HOME } });
    const cases: readonly (readonly [make: () => void, reason: string])[] = [
      [() => Deno.chmodSync(state, 0o777), "other users can replace files in it"],
      [() => Deno.symlinkSync(root, `${state}/ccrun`), `${state}/ccrun is not a directory`],
      [() => Deno.writeTextFileSync(`${state}/ccrun`, ""), `${state}/ccrun is not a directory`],
      [() => makeWritable(`${state}/ccrun`, 0o770), `other users can write to ${state}/ccrun`],
      [
        () => makeWritable(`${state}/ccrun/worktrees`, 0o702),
        `other users can write to ${state}/ccrun/worktrees`,
      ],
    ];
    for (const [make, reason] of cases) {
      Deno.mkdirSync(state);
      make();
      const error = await assertRejects(() => open(state), CcrunError);
      assertEquals(error.message, `cannot create worktrees in ${state}: ${reason}`);
      Deno.removeSync(state, { recursive: true });
    }
    for (const inside of [`${project}/state`, `${project}/.git/state`]) {
      await assertRejects(() => open(inside), CcrunError, `it is in the repository ${project}`);
    }
    Deno.symlinkSync(sandbox.home, `${root}/link`);
    const [given, relative] = await Promise.all([open(`${root}/link/new`), open("state")]);
    const paths = [await given.prepare("one"), await relative.prepare("two")].map(({ path }) =>
      path
    );
    assert(paths[0]?.startsWith(`${sandbox.home}/new/ccrun/worktrees/`), paths[0]);
    assert(paths[1]?.startsWith(`${sandbox.home}/.local/state/ccrun/worktrees/`), paths[1]);
  });
});

function makeWritable(path: string, mode: number): void {
  Deno.mkdirSync(path, { recursive: true });
  Deno.chmodSync(path, mode);
}

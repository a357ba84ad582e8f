/**
 * A git repository whose tasks have worktrees.
 *
 * @module
 */

import { openWorktrees } from "../../lib/batch/worktrees/open_worktrees.ts";
import type { TaskWorktree, Worktrees } from "../../lib/batch/worktrees/worktrees.ts";
import { git, initRepository } from "./batch_git.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

/** The requirement of a test with worktrees. */
export const GIT = { commands: ["git"] };

/** A sandbox whose project is a repository. */
export interface WorktreeScene {
  readonly sandbox: Sandbox;
  readonly env: Record<string, string>;
  readonly worktrees: Worktrees;
  /** The first commit. */
  readonly base: string;
  /** Opens the worktrees again, as another ccrun does. */
  readonly reopen: () => Promise<Worktrees>;
  /** Runs git in the project, and returns its output without the last newline. */
  readonly git: (...args: readonly string[]) => Promise<string>;
  /** Runs a script in the worktree of a task, with `$GIT_STATE` for its directory in the repository. */
  readonly runTask: (tree: TaskWorktree, script: string) => Promise<void>;
}

/** Commits of a script need an author. */
const AUTHOR = {
  GIT_AUTHOR_NAME: "Task",
  GIT_AUTHOR_EMAIL: "task@example.com",
  GIT_COMMITTER_NAME: "Task",
  GIT_COMMITTER_EMAIL: "task@example.com",
};

/** Runs a test in a new repository. `files` are committed, too. */
export async function withWorktrees(
  test: (scene: WorktreeScene) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using sandbox = await makeSandbox();
  const { project } = sandbox;
  for (const [name, content] of Object.entries(files)) {
    await Deno.mkdir(`${project}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await initRepository(sandbox);
  const env = sandbox.env();
  const inProject = async (...args: readonly string[]) =>
    (await git(sandbox, project, ...args)).replace(/\n$/, "");
  const reopen = () => openWorktrees({ cwd: project, env });
  await test({
    sandbox,
    env,
    worktrees: await reopen(),
    base: await inProject("rev-parse", "HEAD"),
    reopen,
    git: inProject,
    runTask: ({ path, gitDir }, script) =>
      runScript(script, path, { ...env, ...AUTHOR, GIT_STATE: gitDir }),
  });
}

async function runScript(script: string, cwd: string, env: Record<string, string>): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-euc", script],
    cwd,
    clearEnv: true,
    env,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${script}: ${new TextDecoder().decode(stderr)}`);
}

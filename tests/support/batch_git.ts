/**
 * The git repository of a batch with worktrees.
 *
 * @module
 */

import type { Sandbox } from "./sandbox.ts";

/** Runs git without the configuration of the user, and returns its output. */
export async function git(
  sandbox: Sandbox,
  directory: string,
  ...args: readonly string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args],
    cwd: directory,
    clearEnv: true,
    env: sandbox.env(),
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Makes the project of a sandbox a git repository with one commit. */
export async function initRepository(sandbox: Sandbox): Promise<void> {
  const run = (...args: readonly string[]) => git(sandbox, sandbox.project, ...args);
  await run("init", "--quiet", "--initial-branch=main");
  await run("add", "--all");
  await run("commit", "--quiet", "--message=First");
}

/** A worktree of a repository. */
export interface Worktree {
  readonly path: string;
  /** Its branch; undefined if it has none. */
  readonly branch: string | undefined;
  /** Whether git would remove it from its list, because the directory is missing. */
  readonly isMissing: boolean;
}

/** Returns the worktrees of the project, without the project itself. */
export async function listWorktrees(sandbox: Sandbox): Promise<readonly Worktree[]> {
  const list = await git(sandbox, sandbox.project, "worktree", "list", "--porcelain");
  return list.trim().split("\n\n").slice(1).map((entry) => ({
    path: /^worktree (.*)$/m.exec(entry)?.[1] ?? "",
    branch: /^branch refs\/heads\/(.*)$/m.exec(entry)?.[1],
    isMissing: /^prunable\b/m.test(entry),
  }));
}

/** Returns the branches of the tasks. */
export async function taskBranches(sandbox: Sandbox): Promise<readonly string[]> {
  const format = "--format=%(refname:short)";
  const list = await git(sandbox, sandbox.project, "for-each-ref", format, "refs/heads/ccrun");
  return list.split("\n").filter((branch) => branch !== "");
}

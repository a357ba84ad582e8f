/**
 * The rules for the worktrees of a batch that was killed and continued.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import type { Execution } from "../support/batch_claude.ts";
import { git, listWorktrees, taskBranches, type Worktree } from "../support/batch_git.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { ChaosTask } from "./batch_plan.ts";
import { successes } from "./batch_check.ts";

/**
 * Checks that each task that has changed something has its worktree on its branch, with its changes and
 * without those of an execution that was killed, and that there are no other worktrees and branches.
 */
export async function checkWorktrees(
  tasks: readonly ChaosTask[],
  results: string,
  executions: readonly Execution[],
  sandbox: Sandbox,
): Promise<string[]> {
  const problems: string[] = [];
  const worktrees = await listWorktrees(sandbox);
  const byPath = new Map(worktrees.map((worktree) => [worktree.path, worktree]));
  const known = new Set<string>();
  for (const task of tasks) {
    const { branch, worktree: path } = successes(results).get(task.id) ?? {};
    if (task.change === "nothing") {
      if (branch !== undefined) problems.push(`${task.id} has a branch, but no changes`);
      continue;
    }
    const worktree = byPath.get(String(path));
    known.add(String(path));
    if (worktree === undefined || worktree.isMissing) {
      problems.push(`the worktree of ${task.id} is lost: ${path}`);
    } else if (worktree.branch === undefined || worktree.branch !== branch) {
      problems.push(`${path} is on branch ${worktree.branch} instead of ${branch}`);
    } else {
      problems.push(...await checkContent(task, worktree, executions, sandbox));
    }
  }
  problems.push(
    ...worktrees.filter(({ path }) => !known.has(path))
      .map(({ path }) => `a worktree without a result: ${path}`),
    ...await checkBranches(worktrees, sandbox),
    ...await checkDirectories(worktrees),
    ...await checkRepository(sandbox),
  );
  return problems;
}

/** Checks that a worktree has the changes of the last execution only. */
async function checkContent(
  { id, prompt, change }: ChaosTask,
  { path, branch }: Worktree,
  executions: readonly Execution[],
  sandbox: Sandbox,
): Promise<string[]> {
  const [name = ""] = prompt.split(" ");
  const last = executions.findLast((execution) => execution.prompt === prompt);
  const files = [...(change === "a file" ? [name] : []), `trace-${last?.by}`];
  const status = await git(sandbox, path, "status", "--porcelain");
  const commits = await git(sandbox, path, "log", "--format=%s", `main..${branch}`);
  const found = { status: status.split("\n").filter((line) => line !== ""), commits };
  const expected = {
    status: files.map((file) => `?? ${file}`).toSorted(),
    commits: change === "a commit" ? `${prompt}\n` : "",
  };
  const [actual, wanted] = [found, expected].map((value) => JSON.stringify(value));
  return actual === wanted ? [] : [`the worktree of ${id} has ${actual} instead of ${wanted}`];
}

/** Checks that each branch has a worktree. */
async function checkBranches(worktrees: readonly Worktree[], sandbox: Sandbox): Promise<string[]> {
  const used = new Set(worktrees.map(({ branch }) => branch));
  const branches = await taskBranches(sandbox);
  return branches.filter((branch) => !used.has(branch))
    .map((branch) => `a branch without a worktree: ${branch}`);
}

/** Checks that the directories of the worktrees contain nothing else. */
async function checkDirectories(worktrees: readonly Worktree[]): Promise<string[]> {
  const known = new Set(worktrees.map(({ path }) => path));
  const problems: string[] = [];
  for (const directory of new Set(worktrees.map(({ path }) => dirname(path)))) {
    for await (const { name } of Deno.readDir(directory)) {
      const path = `${directory}/${name}`;
      if (!known.has(path)) problems.push(`beside the worktrees: ${path}`);
    }
  }
  return problems;
}

/** Checks that the repository itself is as before, and that no git has left a lock. */
async function checkRepository(sandbox: Sandbox): Promise<string[]> {
  const { project } = sandbox;
  const status = await git(sandbox, project, "status", "--porcelain", "--branch");
  const problems = status === "## main\n" ? [] : [`the repository has changed: ${status}`];
  const { stdout } = await new Deno.Command("find", {
    args: [`${project}/.git`, "-name", "*.lock"],
  }).output();
  const locks = new TextDecoder().decode(stdout);
  return locks === "" ? problems : [...problems, `git has left a lock: ${locks}`];
}

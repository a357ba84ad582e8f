import type { Git } from "./git.ts";

/** More commits would not fit on a command line of every system. */
const MAX_ARGUMENTS = 100;

/** The mode of a submodule in the index. */
const SUBMODULE = "160000 ";

/** The branch of a task, and the commit that it began with. */
export interface TaskBranch {
  readonly name: string;
  readonly base: string;
}

/**
 * Makes sure that a branch has the commit of a worktree, in which a task can have checked out something else:
 * the branch of the task if it does not lose commits by that, or else another one.
 *
 * @param git runs in the worktree
 * @returns the branch with the commit
 */
export async function keepHead(git: Git, { name, base }: TaskBranch): Promise<string> {
  const ref = `refs/heads/${name}`;
  const tip = await git.commitOf(ref);
  const current = await git.textIfAny(["symbolic-ref", "--quiet", "HEAD"]);
  if (current === ref && tip !== undefined) return name;
  const head = await git.commitOf("HEAD") ?? tip ?? base;
  const canMove = tip === undefined || await isAncestor(git, tip, head);
  if (!canMove && await isAncestor(git, head, tip)) return name;
  const target = canMove ? name : `${name}-head`;
  await git.text(["branch", "--force", "--no-track", "--", target, head]);
  await git.text(["symbolic-ref", "HEAD", `refs/heads/${target}`]);
  return target;
}

async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  return await git.textIfAny(["merge-base", "--is-ancestor", older, newer]) !== undefined;
}

/** Commits everything that a worktree contains, so that the reflog of a branch has it. */
export async function commitAll(git: Git, branch: string): Promise<void> {
  let hasSubmodules = false;
  await git.eachLine(
    ["ls-files", "--stage"],
    (line) => hasSubmodules ||= line.startsWith(SUBMODULE),
  );
  // Git would run a command in each submodule that the index names, with the settings that it contains.
  if (hasSubmodules) await git.text(["read-tree", "--empty"]);
  // It fails for a file that cannot be read, and adds the others.
  await git.textIfAny(["add", "--all", "--ignore-errors", "--", "."]);
  const tree = await git.text(["write-tree"]);
  const message = "Changes of an earlier execution of a task of ccrun batch";
  const commit = await git.text(["commit-tree", "-p", "HEAD", "-m", message, tree]);
  await git.text(["update-ref", "-m", message, `refs/heads/${branch}`, commit]);
}

/**
 * Deletes the branch of a task that has changed nothing. It stays if its reflog has commits of earlier
 * executions, because that would be deleted, too.
 */
export async function deleteBranch(git: Git, { name, base }: TaskBranch): Promise<void> {
  const ref = `refs/heads/${name}`;
  const commits = new Set<string>();
  await git.eachLine(["rev-list", "--walk-reflogs", ref, "--"], (commit) => commits.add(commit));
  commits.delete(base);
  if (commits.size > MAX_ARGUMENTS) return;
  const isReachable = commits.size === 0 ||
    await git.text(["rev-list", "--max-count=1", ...commits, `^${base}`, "--"]) === "";
  if (isReachable) await git.text(["update-ref", "-d", ref, base]);
}

import type { Changes } from "../task_result.ts";
import type { Git } from "./git.ts";

/** How many files differ from HEAD. */
export interface Uncommitted {
  readonly tracked: number;
  /** How many files git does not know, without ignored ones. */
  readonly untracked: number;
}

/**
 * Looks at a submodule only from outside. Git would run a command in it otherwise, with the settings that
 * it contains.
 */
const SUBMODULES_FROM_OUTSIDE = "--ignore-submodules=dirty";

/** Counts the files that are not committed. */
export async function countUncommitted(git: Git): Promise<Uncommitted> {
  let [tracked, untracked] = [0, 0];
  const args = ["status", "--porcelain", "--no-renames", "--untracked-files=all"];
  await git.eachLine([...args, SUBMODULES_FROM_OUTSIDE], (line) => {
    if (line.startsWith("?? ")) untracked++;
    else tracked++;
  });
  return { tracked, untracked };
}

/** Compares a worktree and its branch with the commit that they began with. */
export async function readChanges(
  git: Git,
  base: string,
  branch: string,
  untracked: number,
): Promise<Changes> {
  const args = ["diff", "--shortstat", "--find-renames", "--no-ext-diff", "--no-textconv"];
  const shortstat = await git.text([...args, SUBMODULES_FROM_OUTSIDE, base, "--"]);
  const count = (what: RegExp) => Number(what.exec(shortstat)?.[1] ?? 0);
  return {
    files: count(/(\d+) files? changed/),
    insertions: count(/(\d+) insertion/),
    deletions: count(/(\d+) deletion/),
    untracked,
    commits: Number(await git.text(["rev-list", "--count", `${base}..refs/heads/${branch}`, "--"])),
  };
}

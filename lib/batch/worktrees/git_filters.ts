import type { Git, GitSetting } from "./git.ts";

/** The commands with which Git LFS is set up. They run nothing that is in a worktree. */
const LFS_COMMAND = /^git-lfs (?:clean|smudge(?: --skip)?|filter-process(?: --skip)?)(?: -- %f)?$/;

/** The filters that a repository uses. */
export interface GitFilters {
  /** The settings that turn off the filters that could run a program of a task. */
  readonly settings: readonly GitSetting[];
  /** The names of these filters. */
  readonly names: readonly string[];
}

/**
 * Finds the filters that git must not run in the worktree of a task. A command such as `./clean.sh` is
 * searched in the worktree, in which a task can write.
 */
export async function findFilters(git: Git): Promise<GitFilters> {
  const pattern = "^filter\\..*\\.(clean|smudge|process)$";
  const output = await git.textIfAny(["config", "--null", "--get-regexp", pattern]) ?? "";
  const names = new Set<string>();
  for (const entry of output.split("\0")) {
    const [, name, command = ""] = /^filter\.(.*)\.[a-z]+(?:\n([^]*))?$/.exec(entry) ?? [];
    if (name !== undefined && !LFS_COMMAND.test(command)) names.add(name);
  }
  const settings = [...names].flatMap((name): GitSetting[] => [
    [`filter.${name}.clean`, ""],
    [`filter.${name}.smudge`, ""],
    [`filter.${name}.process`, ""],
    [`filter.${name}.required`, "false"],
  ]);
  return { settings, names: [...names] };
}

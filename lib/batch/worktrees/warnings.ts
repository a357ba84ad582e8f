import { join } from "@std/path/join";
import { exists } from "../../util/exists.ts";
import { formatCount } from "../../util/units.ts";
import { countUncommitted } from "./changes.ts";
import type { GitFilters } from "./git_filters.ts";
import type { GitRepository } from "./git_repository.ts";

/** Returns what the worktrees of a repository lack, one line each. */
export async function findWarnings(
  { git, top }: GitRepository,
  filters: GitFilters,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const { tracked, untracked } = await countUncommitted(git.in(top, [], filters.settings));
  const count = tracked + untracked;
  if (count > 0) {
    warnings.push(`the worktrees lack ${formatCount(count, "uncommitted file")} of the workspace`);
  }
  if (await exists(join(top, ".gitmodules"))) {
    warnings.push("the worktrees lack the files of submodules");
  }
  if (filters.names.length > 0) {
    const names = filters.names.join(", ");
    warnings.push(`files with a git filter can count as changed, because it is not run: ${names}`);
  }
  return warnings;
}

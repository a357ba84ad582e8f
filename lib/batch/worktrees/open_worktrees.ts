import type { Env } from "../../util/env.ts";
import { openWorktreeFolder } from "./folder.ts";
import { GitError } from "./git.ts";
import { findFilters } from "./git_filters.ts";
import { openRepository, unusable } from "./git_repository.ts";
import { findWarnings } from "./warnings.ts";
import { Worktrees } from "./worktrees.ts";

/** Options for {@linkcode openWorktrees}. */
export interface WorktreesOptions {
  /** The absolute path of the workspace, which can be below the top directory of its repository. */
  readonly cwd: string;
  /** The environment of ccrun. */
  readonly env: Env;
}

/**
 * Prepares to give each task a git worktree that begins with the current commit of a workspace.
 *
 * @throws {CcrunError} `usage` if git, the repository or the folder of the worktrees cannot be used
 */
export async function openWorktrees({ cwd, env }: WorktreesOptions): Promise<Worktrees> {
  try {
    const repository = await openRepository(cwd, env);
    const folder = await openWorktreeFolder(env, repository);
    const filters = await findFilters(repository.git);
    const warnings = await findWarnings(repository, filters);
    return new Worktrees({ repository, folder, filters, warnings });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw unusable(error.message, "run it in a git repository, or omit --worktrees");
  }
}

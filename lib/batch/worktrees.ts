import type { Changes } from "./task_result.ts";

/** The worktree of a task. */
export interface TaskWorktree {
  readonly branch: string;
  readonly path: string;
  readonly cwd: string;
}

/** A placeholder. */
export interface Worktrees {
  readonly warnings: readonly string[];
  prepare(id: string, cwd?: string): Promise<TaskWorktree>;
  finish(
    tree: TaskWorktree,
  ): Promise<{ branch: string; worktree: string; changes: Changes } | undefined>;
}
export function openWorktrees(_: { cwd: string; env: unknown }): Promise<Worktrees> {
  throw new Error();
}

import type { Failure } from "../errors.ts";
import type { EventOf } from "../events.ts";
import { EXIT_MEANINGS, type ExitReason } from "../exit_codes.ts";

/** What a task has changed in its worktree. */
export interface Changes {
  /** How many files differ from the commit that the worktree began with, without untracked ones. */
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  /** How many files git does not know. */
  readonly untracked: number;
  /** How many commits the branch has more. */
  readonly commits: number;
}

/** One execution of a task: a line of the results file. */
export interface TaskResult
  extends Pick<EventOf<"exit">, "session_id" | "turns" | "cost_usd" | "usage" | "resets_at"> {
  /** The id of the task. */
  readonly id: string;
  /** The number of this execution of the task, from 1. */
  readonly execution: number;
  /** The exit code that `ccrun run` would have. */
  readonly exit: number;
  /** The name of the exit code. */
  readonly reason: ExitReason;
  /** What claude said when it had finished working, if it succeeded. */
  readonly answer?: string;
  /** The value that `--json-schema` asked for. */
  readonly structured_output?: unknown;
  /** Why the task failed. */
  readonly error?: Failure;
  /** The command that resumes the session, without a prompt. */
  readonly resume?: string;
  /** When the execution started, as an RFC 3339 time. */
  readonly started_at: string;
  /** When it ended. */
  readonly ended_at: string;
  /** How long it took, in milliseconds. */
  readonly duration_ms: number;
  /** The branch of its worktree, if the task has changed anything. */
  readonly branch?: string;
  /** The path of that worktree. */
  readonly worktree?: string;
  readonly changes?: Changes;
}

/** Returns why a task failed. The text can contain anything. */
export function failureMessage({ error, reason }: Pick<TaskResult, "error" | "reason">): string {
  return error?.message ?? EXIT_MEANINGS[reason];
}

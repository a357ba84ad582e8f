import { asFailure } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import { endingEvents } from "../run/failed_start.ts";
import { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "../session.ts";
import { processEnv } from "../util/process_env.ts";
import { RunEnding } from "./run_ending.ts";
import type { Task } from "./task.ts";
import type { TaskResult } from "./task_result.ts";
import { withoutGitVariables } from "./worktrees/git.ts";
import type { TaskWorktree, Worktrees } from "./worktrees/worktrees.ts";

/** What a task runs with. */
export interface TaskSettings {
  readonly session: ClaudeSessionOptions;
  readonly run: Pick<RunOptions, "sessionId" | "continueLast" | "fork" | "images">;
}

/** A file that keeps the stream of a task. */
export interface TaskLog {
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Options of {@linkcode runTask} that all tasks of a batch have in common. */
export interface RunTaskOptions {
  /** Returns the settings of a task. @throws {CcrunError} `usage` if they are not valid */
  readonly settingsOf: (task: Task) => Promise<TaskSettings>;
  /** Gives each task a worktree. @default the tasks share the workspace */
  readonly worktrees?: Worktrees | undefined;
  /** Opens the file that keeps the stream of a task. @default none */
  readonly openLog?: ((task: Task, execution: number) => Promise<TaskLog>) | undefined;
}

/** One execution of a task. */
export interface Execution {
  readonly task: Task;
  /** The number of the execution, from 1. */
  readonly number: number;
  /** What is left of the budget of the batch, in US dollars. @default no limit */
  readonly budgetLeft?: number | undefined;
  /** Stops the execution. */
  readonly signal: AbortSignal;
  /** Receives the session when it is about to run. */
  readonly onSession: (session: ClaudeSession) => void;
}

/**
 * Runs a task, yields the events of its run, and returns its result. An error becomes the result, too, so
 * that it fails one task only.
 */
export async function* runTask(
  execution: Execution,
  options: RunTaskOptions,
): AsyncGenerator<RunEvent, TaskResult, void> {
  const { task, number } = execution;
  const startedAt = new Date();
  const startTime = performance.now();
  const ending = new RunEnding();
  let tree: TaskWorktree | undefined;
  let kept: Partial<TaskResult> = {};
  try {
    const settings = await options.settingsOf(task);
    tree = await options.worktrees?.prepare(task.id, settings.session.workspace);
    for await (const event of runIn(tree, settings, execution, options)) {
      ending.record(event);
      yield event;
    }
  } catch (error) {
    for (const event of endingEvents(ending.last, asFailure(error))) {
      ending.record(event);
      yield event;
    }
  }
  try {
    if (tree !== undefined) {
      const changed = await options.worktrees?.finish(tree);
      if (changed === undefined) ending.removeResume();
      else kept = changed;
    }
  } catch (error) {
    ending.fail(asFailure(error));
  }
  return {
    id: task.id,
    execution: number,
    ...ending.toResult(),
    ...kept,
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    duration_ms: Math.round(performance.now() - startTime),
  };
}

async function* runIn(
  tree: TaskWorktree | undefined,
  { session: options, run }: TaskSettings,
  { task, number, budgetLeft = Infinity, signal, onSession }: Execution,
  { openLog }: RunTaskOptions,
): AsyncGenerator<RunEvent, void, void> {
  const log = await openLog?.(task, number);
  try {
    // The variables that a hook has set lead to the repository instead of the worktree.
    const place = tree && {
      workspace: tree.cwd,
      env: withoutGitVariables(options.env ?? processEnv()),
    };
    const limit = Math.min(options.maxBudgetUsd ?? Infinity, budgetLeft);
    const maxBudgetUsd = limit === Infinity ? undefined : limit;
    const session = new ClaudeSession({ ...options, ...place, maxBudgetUsd });
    onSession(session);
    yield* session.run(task.prompt, {
      ...run,
      signal,
      ...(log === undefined ? {} : { onOutput: (chunk) => log.write(chunk) }),
    });
  } finally {
    await log?.close();
  }
}

import { asFailure, type Failure } from "../errors.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { endingEvents } from "../run/failed_start.ts";
import { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "../session.ts";
import { withoutContinuation } from "../util/continuation_hint.ts";
import { processEnv } from "../util/process_env.ts";
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
  const ending = new Ending();
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

/** Collects how a run ends. */
class Ending {
  last: RunEvent | undefined;
  #result: EventOf<"result"> | undefined;
  #error: Failure | undefined;
  #exit: EventOf<"exit"> | undefined;

  record(event: RunEvent): void {
    this.last = event;
    if (event.type === "result") this.#result = event;
    if (event.type === "error") this.#error = event.error;
    if (event.type === "exit") this.#exit = event;
  }

  /** Makes a success a failure. */
  fail({ kind, message, hint }: Failure): void {
    // An error object would lose its message in JSON.
    this.#error ??= { kind, message, ...(hint === undefined ? {} : { hint }) };
    if (this.#exit?.ok) {
      this.#exit = { ...this.#exit, ok: false, code: 1, reason: "failed" };
    }
  }

  /** Removes the command that resumes the session, because its directory is gone. */
  removeResume(): void {
    if (this.#exit !== undefined) {
      const { resume: _, ...exit } = this.#exit;
      this.#exit = exit;
    }
    if (this.#error?.hint !== undefined) {
      const { hint, ...error } = this.#error;
      const advice = withoutContinuation(hint);
      this.#error = advice === "" ? error : { ...error, hint: advice };
    }
  }

  toResult() {
    const exit = this.#exit;
    if (exit === undefined) throw new Error("the run has no exit event");
    const { code, reason, session_id, resume, turns, cost_usd, usage, resets_at } = exit;
    return {
      exit: code,
      reason,
      ...(exit.ok ? this.#answer() : {}),
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(session_id === undefined ? {} : { session_id }),
      ...(resume === undefined ? {} : { resume }),
      ...(resets_at === undefined ? {} : { resets_at }),
      turns,
      cost_usd,
      usage,
    };
  }

  #answer() {
    const { answer, structured_output } = this.#result ?? {};
    if (structured_output !== undefined) return { structured_output };
    return answer === undefined ? {} : { answer };
  }
}

/**
 * The JSON Schemas of what a batch writes. The compiler checks them against the interfaces in events.ts
 * and task_result.ts.
 *
 * @module
 */

import { EVENT_TYPES, type RunEvent } from "../events.ts";
import { EXIT_REASONS, type ExitReason } from "../exit_codes.ts";
import { EVENT_DEFINITIONS, eventDefinition } from "../json_schema.ts";
import {
  boolean,
  constant,
  type FieldsOf,
  integer,
  json,
  type JsonSchema,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
} from "../util/typed_schema.ts";
import {
  BATCH_SCHEMA_ID,
  type BatchEnd,
  type BatchStart,
  type TaskEnd,
  type TaskRunEvent,
} from "./events.ts";
import type { Changes, TaskResult } from "./task_result.ts";

/** The name and version of the lines of a results file. */
const RESULTS_SCHEMA_ID = "ccrun.results/1";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const BATCH_START = object<BatchStart>({
  type: constant("batch_start"),
  schema: oneOf<typeof BATCH_SCHEMA_ID>([BATCH_SCHEMA_ID], "The vocabulary of the events"),
  ccrun: string("The version of ccrun"),
  time: string("When the batch started", "date-time"),
  results: string("The path of the results file"),
  tasks: integer("How many tasks there are, in this shard"),
  skipped: integer("How many of them have succeeded before, and are skipped"),
  cost_usd: nullable(
    number("What all executions so far have cost in US dollars; null if it is not known"),
  ),
  jobs: integer("How many tasks run at the same time"),
}, "The first event, emitted once, before the first task.");

/** What the events of the run of a task have in addition to those of `ccrun --json`. */
const ADDED: FieldsOf<Omit<TaskRunEvent, keyof RunEvent>> = {
  task: string("The id of the task"),
  execution: integer("The number of this execution of the task, from 1"),
};

const { session_id, resets_at, turns, cost_usd, usage } = EVENT_DEFINITIONS.exit.fields;

const RESULT: FieldsOf<TaskResult> = {
  id: string("The id of the task"),
  execution: ADDED.execution,
  exit: integer("The exit code that `ccrun run` would have; 0 if the task has succeeded"),
  reason: oneOf<ExitReason>(EXIT_REASONS, "The name of the exit code"),
  answer: optional(string("What claude said when it had finished working, if the task succeeded")),
  structured_output: optional(json("The value that --json-schema asked for, instead of `answer`")),
  error: optional(EVENT_DEFINITIONS.error.fields.error),
  session_id,
  resume: optional(string("The command that resumes the session, without a prompt")),
  resets_at,
  turns,
  cost_usd,
  usage,
  branch: optional(string("The branch of its worktree, if the task has changed anything")),
  worktree: optional(string("The path of that worktree")),
  changes: optional(object<Changes>({
    files: integer(
      "How many files differ from the first commit of the worktree, without untracked ones",
    ),
    insertions: integer("How many lines were inserted in them"),
    deletions: integer("How many lines were deleted in them"),
    untracked: integer("How many files git does not know"),
    commits: integer("How many commits the branch has more"),
  }, "What the task has changed in its worktree")),
  started_at: string("When the execution started", "date-time"),
  ended_at: string("When it ended", "date-time"),
  duration_ms: integer("How long it took, in milliseconds"),
};

const RESULT_LINE = object<TaskResult>(
  RESULT,
  "One execution of a task. Readers ignore fields they do not know.",
);

const TASK_END = object<TaskEnd>(
  { type: constant("task_end"), ...RESULT },
  "The result of a task is written.",
);

const BATCH_END = object<BatchEnd>({
  type: constant("batch_end"),
  code: integer("The exit code of ccrun"),
  reason: oneOf<ExitReason>(EXIT_REASONS, "The name of the exit code"),
  ok: boolean("Whether the exit code is 0"),
  succeeded: integer("How many tasks have succeeded, before or now"),
  failed: integer("How many tasks were executed now, and failed"),
  remaining: integer("How many tasks were not executed, or were stopped"),
  message: optional(string("Why no more tasks were started, in one line")),
  resume: optional(string("The command that runs the rest")),
  cost_usd: nullable(
    number("What the tasks have cost now, in US dollars; null if it is not known"),
  ),
  duration_ms: integer("The time of the whole batch, in milliseconds"),
  resets_at: optional(
    string("When the usage limit that stopped the batch is reset", "date-time"),
  ),
}, "The last event, emitted once: how the batch ended.");

/** Returns the JSON Schema of the lines of `ccrun batch --json`. */
export function batchSchema(): JsonSchema {
  const definitions: { readonly [type: string]: JsonSchema } = {
    batch_start: BATCH_START.json,
    ...Object.fromEntries(EVENT_TYPES.map((type) => [type, eventDefinition(type, ADDED)])),
    task_end: TASK_END.json,
    batch_end: BATCH_END.json,
  };
  return {
    $schema: DIALECT,
    $id: BATCH_SCHEMA_ID,
    title: "An event of ccrun batch --json",
    description:
      "One line of `ccrun batch --json`. Readers ignore types and fields they do not know.",
    oneOf: Object.keys(definitions).map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: definitions,
  };
}

/** Returns the JSON Schema of the lines of a results file. */
export function resultsSchema(): JsonSchema {
  return {
    $schema: DIALECT,
    $id: RESULTS_SCHEMA_ID,
    title: "A line of the results of ccrun batch",
    ...RESULT_LINE.json,
  };
}

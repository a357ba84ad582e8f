/**
 * The rules for the results and the executions of a batch that was killed and continued.
 *
 * @module
 */

import { lockFile } from "../../lib/util/lock_file.ts";
import type { Execution } from "../support/batch_claude.ts";
import { temporaryFiles } from "../e2e/scene.ts";
import { isJsonObject, type JsonObject } from "../support/json.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { ChaosTask } from "./batch_plan.ts";

/** A ccrun that worked on the batch. */
export interface StartedBatch {
  /** Its name in the list of executions. */
  readonly by: string;
  /** The ids of the tasks whose success was written before. */
  readonly before: ReadonlySet<string>;
}

/** Returns the complete lines of the results, parsed; undefined stands for a line that is no object. */
export function resultLines(results: string): readonly (JsonObject | undefined)[] {
  return results.split("\n").slice(0, -1).map((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isJsonObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  });
}

/** Returns the successes in the results, by the ids of their tasks. */
export function successes(results: string): ReadonlyMap<string, JsonObject> {
  const found = resultLines(results).filter((line) => line !== undefined);
  return new Map(
    found.filter(({ exit }) => exit === 0).map((line) => [String(line["id"]), line]),
  );
}

/** Returns the ids of the tasks whose success is written. */
export async function readSuccesses(path: string): Promise<ReadonlySet<string>> {
  return new Set(successes(await Deno.readTextFile(path).catch(() => "")).keys());
}

/** Checks that each line is a result, and that each task has exactly one success. */
export function checkResults(tasks: readonly ChaosTask[], results: string): string[] {
  const problems: string[] = [];
  if (!results.endsWith("\n")) problems.push("the last result is incomplete");
  const lines = resultLines(results);
  const executions = new Map(tasks.map(({ id }) => [id, 0]));
  for (const [index, line] of lines.entries()) {
    const id = String(line?.["id"]);
    const last = executions.get(id);
    const execution = Number(line?.["execution"]);
    const isValid = last !== undefined && typeof line?.["exit"] === "number" &&
      Date.parse(String(line["started_at"])) <= Date.parse(String(line["ended_at"]));
    if (!isValid) problems.push(`line ${index + 1} is not a result: ${JSON.stringify(line)}`);
    if (!(execution > (last ?? 0))) {
      problems.push(`execution ${execution} of ${id} follows execution ${last}`);
    }
    executions.set(id, execution);
  }
  for (const { id } of tasks) {
    const count = lines.filter((line) => line?.["id"] === id && line["exit"] === 0).length;
    if (count !== 1) problems.push(`${id} has ${count} successes`);
  }
  return problems;
}

/** Checks that no task ran again in the same batch, or after its success was written. */
export function checkExecutions(
  tasks: readonly ChaosTask[],
  batches: readonly StartedBatch[],
  executions: readonly Execution[],
): string[] {
  return batches.flatMap(({ by, before }) => {
    const own = executions.filter((execution) => execution.by === by);
    return tasks.flatMap(({ id, prompt }) => {
      const count = own.filter((execution) => execution.prompt === prompt).length;
      if (count > 0 && before.has(id)) return [`batch ${by} ran ${id} again after its success`];
      return count > 1 ? [`batch ${by} ran ${id} ${count} times`] : [];
    });
  });
}

/** Checks that only the results and the logs are left, and that the results are private and not locked. */
export async function checkFiles(sandbox: Sandbox, path: string): Promise<string[]> {
  const problems = [...await temporaryFiles(sandbox)].map((file) => `a file is left: ${file}`);
  for await (const { name } of Deno.readDir(`${sandbox.root}/out`)) {
    if (!path.endsWith(`/${name}`)) problems.push(`a file is left beside the results: ${name}`);
  }
  const { mode } = await Deno.stat(path);
  if (((mode ?? 0) & 0o777) !== 0o600) problems.push(`the results have mode ${mode?.toString(8)}`);
  using lock = await lockFile(path);
  if (lock === undefined) problems.push("the results are still locked");
  const overlaps = await Deno.readTextFile(`${sandbox.home}/overlaps`).catch(() => "");
  if (overlaps !== "") problems.push(`two claudes worked on the same task: ${overlaps}`);
  return problems;
}

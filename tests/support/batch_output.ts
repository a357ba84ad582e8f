/**
 * Checks what `ccrun batch` writes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { batchSchema, resultsSchema } from "../../lib/batch/schema.ts";
import { assertEvents, strictSchemaCheck } from "./event_schema.ts";
import { asObject, type JsonObject } from "./json.ts";

/** Fails if an event of a batch does not match the schema, or has unknown fields. */
export const checkBatchEvent = strictSchemaCheck(batchSchema());

/** Fails if a line of a results file does not match the schema, or has unknown fields. */
export const checkResult = strictSchemaCheck(resultsSchema());

/**
 * Fails unless these are the events of a batch: each one matches the schema, and each execution of a task
 * has the events of a complete run, and then its result, unless that could not be written.
 */
export function assertBatchEvents(events: readonly unknown[]): void {
  const lines = events.map(asObject);
  for (const line of lines) checkBatchEvent(line);
  const types = lines.map(({ type }) => type);
  assertEquals([types[0], types.at(-1)], ["batch_start", "batch_end"]);
  for (const ofExecution of Map.groupBy(lines.slice(1, -1), executionOf).values()) {
    if (ofExecution.at(-1)?.["type"] === "task_end") ofExecution.pop();
    assertEvents(ofExecution.map(({ task: _, execution: __, ...event }) => event));
  }
}

/** Returns the task and the number of the execution that an event belongs to. */
function executionOf({ type, id, task, execution }: JsonObject): string {
  return `${type === "task_end" ? id : task} ${execution}`;
}

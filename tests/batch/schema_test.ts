import { assert, assertEquals, assertThrows } from "@std/assert";
import type { BatchEvent } from "../../lib/batch/events.ts";
import { batchSchema, resultsSchema } from "../../lib/batch/schema.ts";
import { EVENT_TYPES } from "../../lib/events.ts";
import {
  batchEnd,
  batchStart,
  changes,
  ofTask,
  taskFailed,
  taskOk,
} from "../render/batch/batch_events.ts";
import { checkBatchEvent, checkResult } from "../support/batch_output.ts";
import { schemaCheck } from "../support/event_schema.ts";
import { asArray, asObject, asString, type JsonObject } from "../support/json.ts";

const RESETS_AT = "2026-01-01T05:00:00Z";

/** One execution with every field that a success can have, and one with every field of a failure. */
const EXECUTIONS = [
  taskOk("a", {
    structured_output: [null],
    session_id: "s",
    usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
    branch: "ccrun/a-0123456789",
    worktree: "/worktrees/a-0123456789",
    changes: changes(3),
  }),
  taskFailed("b", "quota", "limit reached", { resume: "ccrun --resume s", resets_at: RESETS_AT }),
];

const EVENTS: readonly BatchEvent[] = [
  batchStart(),
  ofTask("a", { type: "text", text: "Hi.", message_id: "m", index: 0 }),
  // The id of the task and the event of a background task have the same name.
  ofTask("a", { type: "task", task_id: "t", status: "started" }),
  ...EXECUTIONS,
  batchEnd({ message: "limit reached", resume: "ccrun batch tasks.txt", resets_at: RESETS_AT }),
];

const RESULTS = EXECUTIONS.map(({ type: _, ...result }) => result);

/** Returns the definition of an event in the schema. */
function definition(type: string): JsonObject {
  return asObject(asObject(batchSchema()["$defs"])[type]);
}

/** Fails unless a check accepts a line, but not with another field or without a required one. */
function assertChecked(line: object, { required }: JsonObject, check: (line: unknown) => void) {
  check(line);
  assertThrows(() => check({ ...line, other: 1 }));
  assert(asArray(required).length > 0);
  for (const name of asArray(required).map(asString)) {
    const { [name]: removed, ...rest } = asObject(line);
    assert(removed !== undefined);
    assertThrows(() => check(rest), Error, name);
  }
}

Deno.test("batchSchema accepts the events of a batch, with their required fields and no others", () => {
  for (const event of EVENTS) assertChecked(event, definition(event.type), checkBatchEvent);
});

Deno.test("resultsSchema accepts results, with their required fields and no others", () => {
  for (const result of RESULTS) assertChecked(result, resultsSchema(), checkResult);
});

Deno.test("batchSchema has the types of the events of a run, and those of a batch", () => {
  const types = ["batch_start", ...EVENT_TYPES, "task_end", "batch_end"];
  assertEquals(Object.keys(asObject(batchSchema()["$defs"])), types);
  for (const type of types) {
    assertEquals(asObject(asObject(definition(type)["properties"])["type"]), { const: type });
  }
});

Deno.test("the schemas of a batch let later versions add fields", () => {
  const { $id: _, ...events } = batchSchema();
  const { $id: __, ...results } = resultsSchema();
  for (const event of EVENTS) schemaCheck(events)({ ...event, other: 1 });
  for (const result of RESULTS) schemaCheck(results)({ ...result, other: 1 });
});

Deno.test("the schemas of a batch describe every type and every field", () => {
  function assertDescribed(schema: JsonObject, where: string): void {
    assert(asString(schema["description"]) !== "", where);
    const { type: _, ...fields } = asObject(schema["properties"]);
    for (const [name, field] of Object.entries(fields)) {
      assertDescribed(asObject(field), `${where}.${name}`);
    }
  }
  for (const schema of [batchSchema(), resultsSchema()]) {
    assertEquals(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assertDescribed(schema, String(schema["$id"]));
  }
  for (const type of ["batch_start", ...EVENT_TYPES, "task_end", "batch_end"]) {
    assertDescribed(definition(type), type);
  }
});

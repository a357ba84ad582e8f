/**
 * The check that every test makes which sees events: each is as the published schema says, and all of them
 * together follow the rules of a stream.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { RunEvent } from "../../lib/events.ts";
import { eventSchema } from "../../lib/json_schema.ts";
import { EXIT_CODES, type ExitReason } from "../../lib/exit_codes.ts";
import { asArray, asObject, isJsonObject, type JsonObject } from "./json.ts";

/** What else {@linkcode assertEvents} is told. */
export interface AssertEventsOptions {
  /** The session that was branched off: no event may name it as this run's. */
  readonly forkedFrom?: string | undefined;
}

/** RFC 3339, with a year of four digits. */
const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Keywords whose value is one schema, a list of schemas, and a map of schemas. */
const ONE = ["items"] as const;
const LIST = ["anyOf", "oneOf", "allOf"] as const;
const MAP = ["properties", "$defs"] as const;

/**
 * The same schema, but that an object has no fields beside those that it names. Readers are told to ignore what
 * they do not know; a test is not to, or a misspelt optional field would pass.
 */
export function strict(schema: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...schema };
  for (const key of ONE) {
    if (isJsonObject(schema[key])) result[key] = strict(schema[key]);
  }
  for (const key of LIST) {
    if (Array.isArray(schema[key])) result[key] = asArray(schema[key]).map(asObject).map(strict);
  }
  for (const key of MAP) {
    if (!isJsonObject(schema[key])) continue;
    const inside = Object.entries(schema[key]);
    result[key] = Object.fromEntries(
      inside.map(([name, value]) => [name, strict(asObject(value))]),
    );
  }
  if (isJsonObject(schema["additionalProperties"])) {
    result["additionalProperties"] = strict(schema["additionalProperties"]);
  } else if (schema["properties"] !== undefined) {
    result["additionalProperties"] = false;
  }
  return result;
}

/** Validators of the published schema, and of each type of event, strictly. */
interface Validators {
  readonly published: ValidateFunction;
  readonly byType: ReadonlyMap<string, ValidateFunction>;
}

let compiled: Validators | undefined;

function validators(): Validators {
  if (compiled !== undefined) return compiled;
  // ajv's own strict mode: a keyword that it does not know is an error of the schema.
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { "date-time": DATE_TIME } });
  const published = ajv.compile(eventSchema());
  const definitions = Object.entries(asObject(eventSchema()["$defs"]));
  const byType = new Map(
    definitions.map(([type, schema]) => [type, ajv.compile(strict(asObject(schema)))]),
  );
  compiled = { published, byType };
  return compiled;
}

function complaints(validate: ValidateFunction): string {
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath || "the event"} ${message} ${JSON.stringify(params)}`
  ).join("; ");
}

/** Fails unless the event, as a reader of its JSON sees it, is one of the schema's and has no other fields. */
export function assertEvent(event: unknown): asserts event is RunEvent {
  const json = JSON.stringify(event);
  const { published, byType } = validators();
  assert(isJsonObject(event), `not an event: ${json}`);
  // An undefined field, NaN and the like do not survive this.
  assertEquals(JSON.parse(json), event, "the event is not what its JSON says");
  const validate = byType.get(String(event["type"]));
  assert(validate !== undefined, `no type of event: ${json}`);
  assert(validate(event), `${complaints(validate)}: ${json}`);
  assert(published(event), `only the published schema says: ${complaints(published)}: ${json}`);
}

/**
 * Fails unless these are the events of one whole run: each as the schema says, one `start` first, one `exit` last,
 * numbers without a gap, times that never go back, an `error` if and only if the code is not 0, and what `exit`
 * adds up is what the results say.
 */
export function assertEvents(
  events: readonly unknown[],
  options: AssertEventsOptions = {},
): asserts events is readonly RunEvent[] {
  const seen: RunEvent[] = [];
  for (const event of events) {
    assertEvent(event);
    seen.push(event);
  }
  assertOrder(seen);
  assertTimes(seen);
  assertEnding(seen);
  assertDenials(seen);
  if (options.forkedFrom !== undefined) assertNotNamed(seen, options.forkedFrom);
}

function assertOrder(events: readonly RunEvent[]): void {
  const types = events.map(({ type }) => type);
  assertEquals(types[0], "start", "the first event");
  assertEquals(types.at(-1), "exit", "the last event");
  assertEquals(types.filter((type) => type === "start").length, 1, "how many start");
  assertEquals(types.filter((type) => type === "exit").length, 1, "how many exit");
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index), "seq");
}

function assertTimes(events: readonly RunEvent[]): void {
  const times = events.map(({ time_ms }) => time_ms).filter((time) => time !== null);
  assert(times.length === 0 || times.length === events.length, "times are all null, or none is");
  assertEquals(times, times.toSorted((a, b) => a - b), "times never go back");
}

function assertEnding(events: readonly RunEvent[]): void {
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  const reason: ExitReason = exit.reason;
  assertEquals(exit.code, EXIT_CODES[reason], `the code of ${reason}`);
  assertEquals(exit.ok, exit.code === 0, "ok");
  const errors = events.flatMap((event) => event.type === "error" ? [event] : []);
  assertEquals(errors.map(({ error }) => error.kind), exit.ok ? [] : [reason], "the errors");
  if (!exit.ok) assertEquals(events.at(-2)?.type, "error", "the event before exit");
  for (const { error } of errors) {
    assert(error.message !== "" && !/[\r\n]/.test(error.message), "a message is one line");
  }
  const results = events.flatMap((event) => event.type === "result" ? [event] : []);
  assertEquals(exit.turns, results.reduce((sum, { turns }) => sum + turns, 0), "turns");
  assertEquals(exit.cost_usd, results.at(-1)?.cost_usd ?? 0, "cost_usd");
  for (const key of ["input", "output", "cache_read", "cache_write"] as const) {
    const sum = results.reduce((sum, { usage }) => sum + usage[key], 0);
    assertEquals(exit.usage[key], sum, `usage.${key}`);
  }
}

function assertDenials(events: readonly RunEvent[]): void {
  const denied = events.flatMap((event) =>
    event.type === "permission_denied" ? [event.tool_use_id] : []
  );
  assertEquals(denied, [...new Set(denied)], "permission_denied comes once a tool use");
  const inResults = events.flatMap((event) => event.type === "result" ? event.denials : []);
  for (const { tool_use_id } of inResults) {
    assert(denied.includes(tool_use_id), `no permission_denied of ${tool_use_id}`);
  }
}

function assertNotNamed(events: readonly RunEvent[], forkedFrom: string): void {
  for (const event of events) {
    const id = "session_id" in event ? event.session_id : undefined;
    assert(id !== forkedFrom, `${event.type} names the session that was branched off`);
  }
}

/**
 * Checks events: each one against the published schema, and all of them against the rules of a stream.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { addUsage, type EventOf, NO_USAGE, type RunEvent } from "../../lib/events.ts";
import { eventSchema } from "../../lib/json_schema.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { asArray, asObject, isJsonObject, type JsonObject } from "./json.ts";

export interface AssertEventsOptions {
  /** The session that was forked. No event may have its id. */
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
 * Returns the schema without additional fields. Readers ignore unknown fields, but a test must not,
 * because a misspelled optional field would pass.
 */
function strict(schema: JsonObject): JsonObject {
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

let ajv: Ajv2020 | undefined;

/** Compiles a schema. */
function compile(schema: JsonObject): ValidateFunction {
  // In strict mode, ajv rejects schemas with unknown keywords.
  ajv ??= new Ajv2020({ strict: true, allErrors: true, formats: { "date-time": DATE_TIME } });
  return ajv.compile(schema);
}

const validators = new Map<string, ValidateFunction>();

/** Returns the validator of the strict schema of a type, or undefined if the type is unknown. */
function validatorOf(type: string): ValidateFunction | undefined {
  let validate = validators.get(type);
  if (validate !== undefined) return validate;
  const definitions = asObject(eventSchema()["$defs"]);
  if (!Object.hasOwn(definitions, type)) return undefined;
  validate = compile(strict(asObject(definitions[type])));
  validators.set(type, validate);
  return validate;
}

function describeErrors(validate: ValidateFunction): string {
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath || "the event"} ${message} ${JSON.stringify(params)}`
  ).join("; ");
}

/** Fails if an event does not match the published schema as a whole. */
export function assertMatchesPublishedSchema(events: readonly unknown[]): void {
  const validate = compile(eventSchema());
  for (const event of events) assertValid(event, validate);
}

/** Returns a function that fails if a value does not match a schema. */
export function schemaCheck(schema: JsonObject): (value: unknown) => void {
  const validate = compile(schema);
  return (value) => assertValid(value, validate);
}

/** Returns a function that fails if a value does not match a schema, or has unknown fields. */
export function strictSchemaCheck(schema: JsonObject): (value: unknown) => void {
  return schemaCheck(strict(schema));
}

function assertValid(value: unknown, validate: ValidateFunction): void {
  assert(validate(value), `${describeErrors(validate)}: ${JSON.stringify(value)}`);
}

/** Fails if an event does not match the schema of its type, has unknown fields, or changes in JSON. */
export function assertEvent(event: unknown): asserts event is RunEvent {
  const json = JSON.stringify(event);
  assert(isJsonObject(event), `not an event: ${json}`);
  // JSON has no undefined and no NaN.
  assertEquals(JSON.parse(json), event, "the event changes in JSON");
  const validate = validatorOf(String(event["type"]));
  assert(validate !== undefined, `unknown event type: ${json}`);
  assert(validate(event), `${describeErrors(validate)}: ${json}`);
}

/**
 * Fails unless these are the events of one complete run: `start` first, `exit` last, numbers without a
 * gap, times that never decrease, an `error` if and only if the code is not 0, and totals in `exit`
 * that match the results.
 */
export function assertEvents(
  events: readonly unknown[],
  options: AssertEventsOptions = {},
): asserts events is readonly RunEvent[] {
  const checked: RunEvent[] = [];
  for (const event of events) {
    assertEvent(event);
    checked.push(event);
  }
  assertOrder(checked);
  assertTimes(checked);
  assertEnding(checked);
  assertDenials(checked);
  if (options.forkedFrom !== undefined) assertNotForked(checked, options.forkedFrom);
}

function assertOrder(events: readonly RunEvent[]): void {
  const types = events.map(({ type }) => type);
  assertEquals(types[0], "start", "the first event");
  assertEquals(types.at(-1), "exit", "the last event");
  assertEquals(types.filter((type) => type === "start").length, 1, "number of start events");
  assertEquals(types.filter((type) => type === "exit").length, 1, "number of exit events");
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index), "seq");
}

function assertTimes(events: readonly RunEvent[]): void {
  const times = events.map(({ time_ms }) => time_ms).filter((time) => time !== null);
  const [start] = events;
  // Messages of a recording need not state a time.
  const isReplay = start?.type === "start" && start.claude === null;
  assert(isReplay || times.length === events.length, "no time is null");
  assertEquals(times, times.toSorted((a, b) => a - b), "times never decrease");
}

function assertEnding(events: readonly RunEvent[]): void {
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  const { reason } = exit;
  assertEquals(exit.code, EXIT_CODES[reason ?? "success"], `the code of ${reason}`);
  assertEquals(exit.ok, reason === null ? null : exit.code === 0, "ok");
  const errors = events.flatMap((event) => event.type === "error" ? [event] : []);
  const hasFailed = exit.ok === false;
  assertEquals(errors.map(({ error }) => error.kind), hasFailed ? [reason] : [], "the errors");
  if (hasFailed) assertEquals(events.at(-2)?.type, "error", "the event before exit");
  for (const { error } of errors) {
    assert(error.message !== "" && !/[\r\n]/.test(error.message), "a message is one line");
  }
  const results = events.flatMap((event) => event.type === "result" ? [event] : []);
  assertNumbers(
    events.slice(events.findLastIndex(({ type }) => type === "result") + 1),
    results,
    exit,
  );
}

/** Checks the numbers of the exit, which are the sums of the results unless messages have followed. */
function assertNumbers(
  afterResults: readonly RunEvent[],
  results: readonly EventOf<"result">[],
  exit: EventOf<"exit">,
): void {
  // A transcript can state the cost of a turn that has no end.
  if (results.length === 0 && exit.reason !== null) {
    assertEquals(exit.cost_usd, null, "cost_usd without a result");
  }
  if (
    exit.cost_usd !== null && results.length > 0 &&
    results.every(({ cost_usd }) => cost_usd !== null)
  ) {
    const sum = results.reduce((sum, { cost_usd }) => sum + (cost_usd ?? NaN), 0);
    assertAlmostEquals(exit.cost_usd, sum, 1e-6, "cost_usd");
  }
  if (exit.cost_usd === null || afterResults.some(({ type }) => type === "usage")) return;
  if (exit.turns !== null) {
    assertEquals(exit.turns, results.reduce((sum, { turns }) => sum + (turns ?? NaN), 0), "turns");
  }
  if (exit.usage === null) return;
  const usages = results.map(({ usage }) => usage ?? NO_USAGE);
  // A result without tokens leaves out what was billed.
  if (usages.every(({ input, output }) => input + output > 0)) {
    assertEquals(exit.usage, usages.reduce(addUsage, NO_USAGE), "usage");
  }
  const models = Object.values(exit.models ?? {});
  if (models.length > 0) assertEquals(exit.usage, models.reduce(addUsage, NO_USAGE), "models");
}

function assertDenials(events: readonly RunEvent[]): void {
  const denied = events.flatMap((event) =>
    event.type === "permission_denied" ? [event.tool_use_id] : []
  );
  assertEquals(denied, [...new Set(denied)], "permission_denied is emitted once a tool call");
  const inResults = events.flatMap((event) => event.type === "result" ? event.denials : []);
  for (const { tool_use_id } of inResults) {
    assert(denied.includes(tool_use_id), `no permission_denied for ${tool_use_id}`);
  }
}

function assertNotForked(events: readonly RunEvent[], forkedFrom: string): void {
  for (const event of events) {
    const id = "session_id" in event ? event.session_id : undefined;
    assert(id !== forkedFrom, `${event.type} has the id of the forked session`);
  }
}

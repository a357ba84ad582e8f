/**
 * Checks the input and the output of `ccrun serve`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { serveSchema } from "../../lib/serve/schema.ts";
import { assertEvents, schemaCheck } from "./event_schema.ts";
import { asObject, type JsonObject } from "./json.ts";

/** Returns a check of the lines of one direction. Without an id, several can be made. */
function directionCheck(direction: "input" | "output"): (value: unknown) => void {
  const { anyOf: _, $id: __, ...schema } = serveSchema();
  return schemaCheck({ ...schema, $ref: `#/$defs/${direction}` });
}

const checkOutput = directionCheck("output");

/** Fails unless a line of the input matches the schema. */
export const checkInput = directionCheck("input");

/** Parses the lines of the output. */
export function outputLines(stdout: string): JsonObject[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => asObject(JSON.parse(line)));
}

/** Returns the events of a request, in order. Those of the service have no `seq`. */
export function eventsOfRequest(output: readonly JsonObject[], id: string): JsonObject[] {
  return output.filter((line) => line["request"] === id && "seq" in line);
}

/**
 * Fails unless the output begins with `ready`, each line matches the schema, and each request has the
 * events of a complete run.
 */
export function assertServeOutput(output: readonly JsonObject[]): void {
  assertEquals(output[0]?.["type"], "ready");
  for (const line of output) checkOutput(line);
  const events = output.filter((line) => "seq" in line);
  for (const id of new Set(events.map((event) => event["request"]))) {
    const ofRequest = eventsOfRequest(output, String(id));
    assert(ofRequest.every((event) => typeof event["session"] === "string"));
    assertEvents(ofRequest.map(({ request: _, session: __, line: ___, ...event }) => event));
  }
}

/**
 * Foreign input with wrong types in every field: nothing throws, and every event matches the schema.
 *
 * @module
 */

import { assert } from "@std/assert";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory } from "../../lib/events.ts";
import { replay } from "../../lib/run/replay.ts";
import { assertEvent, assertEvents } from "../support/event_schema.ts";
import { makeRandom, type Random } from "../support/random.ts";
import { isJsonObject } from "../support/json.ts";
import { readRecordings } from "../support/recordings.ts";
import { KINDS, UNKNOWN_KINDS } from "./kinds.ts";

/** JSON of unexpected values for a field. It is text, so that __proto__ is an ordinary key. */
const STRANGE: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-1",
  "-7.5",
  "0.1",
  "1e308",
  "-1e308",
  "9007199254740993",
  '""',
  '"x"',
  '"\\u0000\\ud800\\u2028\\n\\r"',
  '"__proto__"',
  '"constructor"',
  "[]",
  "[null]",
  '["x", 1, [], {}]',
  "[[[]]]",
  "{}",
  '{"__proto__": {"type": "text"}}',
  '{"type": "text", "text": 7}',
  '{"type": "tool_use"}',
  '[{"type": "tool_result"}, {"type": "text"}]',
];

type Path = readonly (string | number)[];

/** Yields the path of a value and those of all values inside of it. */
function* pathsOf(value: unknown, from: Path = []): Generator<Path> {
  yield from;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* pathsOf(item, [...from, index]);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* pathsOf(item, [...from, key]);
  }
}

/** Returns the JSON of a value, in which `json` replaces the value at a path. */
function withAt(value: unknown, path: Path, json: string): string {
  const [first, ...rest] = path;
  if (first === undefined) return json;
  if (Array.isArray(value)) {
    return `[${
      value.map((item, index) => index === first ? withAt(item, rest, json) : JSON.stringify(item))
    }]`;
  }
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return `{${
    entries.map(([key, item]) =>
      `${JSON.stringify(key)}:${key === first ? withAt(item, rest, json) : JSON.stringify(item)}`
    )
  }}`;
}

/** Returns a value without the value at a path. */
function without(value: unknown, path: Path): unknown {
  const [first, ...rest] = path;
  if (Array.isArray(value)) {
    if (rest.length === 0) return value.filter((_, index) => index !== first);
    return value.map((item, index) => index === first ? without(item, rest) : item);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== first));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, key === first ? without(item, rest) : item]),
  );
}

/** Reads a line. */
function check(line: string): void {
  const normalizer = new Normalizer({ createEvent: createEventFactory(() => 1), forkedFrom: "x" });
  try {
    for (const event of normalizer.read(line)) assertEvent(event);
  } catch (error) {
    throw new Error(`after the line ${line}`, { cause: error });
  }
}

const MESSAGES = [...KINDS, ...UNKNOWN_KINDS].map(({ message }) => ({
  session_id: "s1",
  ...message,
}));

Deno.test("Normalizer accepts any JSON value in any field of every kind of message", () => {
  let count = 0;
  for (const message of MESSAGES) {
    for (const path of pathsOf(message)) {
      for (const json of STRANGE) {
        check(withAt(message, path, json));
        count++;
      }
    }
  }
  assert(count > 10_000, `only ${count} messages were tried`);
});

Deno.test("Normalizer accepts every kind of message without any one of its fields", () => {
  for (const message of MESSAGES) {
    for (const path of pathsOf(message)) {
      if (path.length > 0) check(JSON.stringify(without(message, path)));
    }
  }
});

/** Returns a line in which a few values are replaced or missing, or the beginning of a line. */
function damaged(line: string, random: Random): string {
  if (random.below(50) === 0) return line.slice(0, random.below(line.length));
  let value: unknown = JSON.parse(line);
  const times = 1 + random.below(3);
  for (let time = 0; time < times; time++) {
    const path = random.pick([...pathsOf(value)]);
    if (path.length === 0) continue;
    value = random.below(5) === 0
      ? without(value, path)
      : JSON.parse(withAt(value, path, random.pick(STRANGE)));
  }
  return JSON.stringify(value);
}

const ROUNDS = 25;

for (const { name, lines } of readRecordings()) {
  Deno.test(`replay emits valid events for ${name} with random damage`, async () => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = makeRandom(seed);
      const broken = lines.map((line) => random.below(3) === 0 ? damaged(line, random) : line);
      const text = broken.join("\n");
      const events = await Array.fromAsync(replay(new Blob([text]).stream()));
      try {
        assertEvents(events);
      } catch (error) {
        throw new Error(`seed ${seed}:\n${text}`, { cause: error });
      }
    }
  });
}

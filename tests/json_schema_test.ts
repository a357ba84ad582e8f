import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import {
  array,
  boolean,
  type Field,
  type InferObject,
  integer,
  json,
  map,
  nullable,
  number,
  object,
  objectSchema,
  oneOf,
  optional,
  record,
  string,
} from "../lib/json_schema.ts";

const ajv = new Ajv2020({ strict: true, formats: { "date-time": true } });

/** Which of some values of all kinds fit. */
function fitting(field: Field<unknown>): string[] {
  const values = [null, true, "", "a", 0, 1, -1, 0.5, [], ["a"], [1], {}, { a: 1 }, { a: "x" }];
  const validate = ajv.compile(field.schema);
  return values.filter((value) => validate(value)).map((value) => JSON.stringify(value));
}

Deno.test("each word of the schema accepts its own kind of value and no other", () => {
  const all = fitting(json("any"));
  assertEquals(all.length, 14);
  assertEquals(fitting(string("text")), ['""', '"a"']);
  assertEquals(fitting(number("a number")), ["0", "1", "-1", "0.5"]);
  assertEquals(fitting(integer("a count")), ["0", "1"]);
  assertEquals(fitting(boolean("yes or no")), ["true"]);
  assertEquals(fitting(oneOf(["a", "b"], "a word")), ['"a"']);
  assertEquals(fitting(record("an object")), ["{}", '{"a":1}', '{"a":"x"}']);
  assertEquals(fitting(array(string("text"), "a list")), ["[]", '["a"]']);
  assertEquals(fitting(map(string("text"), "a map")), ["{}", '{"a":"x"}']);
  assertEquals(fitting(object({ a: number("a number") }, "an object")), ['{"a":1}']);
  assertEquals(fitting(object({ a: optional(number("a number")) }, "an object")), [
    "{}",
    '{"a":1}',
  ]);
  assertEquals(fitting(nullable(integer("a count"))), ["null", "0", "1"]);
});

Deno.test("objectSchema requires what is not optional and allows what it does not name", () => {
  const schema = objectSchema({ a: string("a"), b: optional(string("b")), c: nullable(json("c")) });
  assertEquals(schema["required"], ["a", "c"]);
  const validate = ajv.compile(schema);
  assert(validate({ a: "x", c: null, d: 1 }));
  assert(!validate({ a: "x" }));
  assert(!validate({ a: "x", c: 1, b: null }));
});

Deno.test("every field keeps its description, also a nullable one", () => {
  assertEquals(string("the text").schema["description"], "the text");
  assertEquals(nullable(string("the text")).schema["description"], "the text");
  assertEquals(optional(string("the text")).schema["description"], "the text");
  assertEquals(object({}, "the object").schema["description"], "the object");
  assertEquals(string("when", "date-time").schema["format"], "date-time");
  assert(!("format" in string("what").schema));
});

Deno.test("InferObject is the type of what the schema accepts", () => {
  const fields = {
    name: string("who"),
    age: optional(integer("in years")),
    kind: oneOf(["cat", "dog"], "which"),
    owner: nullable(object({ name: string("who") }, "whose")),
  };
  // What is wrong here is an error of `deno check`.
  const pet: InferObject<typeof fields> = { name: "Ada", kind: "cat", owner: null };
  const older: InferObject<typeof fields> = { ...pet, age: 3, owner: { name: "Bob" } };
  // @ts-expect-error: a word that is not of the list
  const odd: InferObject<typeof fields> = { name: "Eve", kind: "cow", owner: null };
  const validate = ajv.compile(objectSchema(fields));
  assertEquals([pet, older, odd].map((value) => validate(value)), [true, true, false]);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ServeInput } from "../../lib/serve/messages.ts";
import { MAX_NAME_LENGTH, parseInput } from "../../lib/serve/parse_input.ts";
import { TRUNCATION_MARK } from "../../lib/util/lines.ts";
import { checkInput } from "../support/serve_output.ts";

function problemIn(input: unknown): string | undefined {
  const line = typeof input === "string" ? input : JSON.stringify(input);
  const parsed = parseInput(line);
  return "problem" in parsed ? parsed.problem : undefined;
}

Deno.test("parseInput returns the valid lines of each kind", () => {
  const all = {
    id: "r1",
    session: "chat 42 🎉",
    prompt: "hello",
    model: "haiku",
    permission_mode: "plan",
    timeout: "90s",
    cwd: "/project",
    fork: true,
  };
  const inputs: readonly ServeInput[] = [
    all,
    { id: "1", prompt: "x" },
    { cancel: "r1" },
    { close: "a" },
    { stats: true },
  ];
  for (const input of inputs) {
    assertEquals(parseInput(JSON.stringify(input)), { input });
    checkInput(input);
  }
});

Deno.test("parseInput names what is wrong with a line", () => {
  const request = { id: "r1", prompt: "x" };
  const name = `a text of 1 to ${MAX_NAME_LENGTH} printable characters`;
  const cases: readonly [input: unknown, problem: string][] = [
    ["not json", "the line is not JSON"],
    ['{"id":"r1","prompt":"x"', "the line is not JSON"],
    ["[1]", "the line is not a JSON object"],
    ["null", "the line is not a JSON object"],
    [`{"id":"r1${TRUNCATION_MARK}`, "the line is too long"],
    ["[".repeat(100_000), "the line is not JSON"],
    [{}, "id is missing"],
    [{ prompt: "x" }, "id is missing"],
    [{ id: "r1" }, "prompt is missing"],
    [{ ...request, id: "" }, `id must be ${name}`],
    [{ ...request, id: 1 }, `id must be ${name}`],
    [{ ...request, id: "a\nb" }, `id must be ${name}`],
    [{ ...request, id: "a\u202eb" }, `id must be ${name}`],
    [{ ...request, id: "x".repeat(MAX_NAME_LENGTH + 1) }, `id must be ${name}`],
    [{ ...request, session: null }, `session must be ${name}`],
    [{ ...request, prompt: " \n" }, "prompt must be a text that is not empty"],
    [{ ...request, prompt: ["x"] }, "prompt must be a text that is not empty"],
    [{ ...request, model: "--model" }, "model must be the name of a model"],
    [{ ...request, timeout: 90 }, "timeout must be a duration such as 90s, 10m, or 1h30m"],
    [{ ...request, timeout: "soon" }, "timeout must be a duration such as 90s, 10m, or 1h30m"],
    [{ ...request, cwd: "" }, "cwd must be the path of a directory"],
    [{ ...request, cwd: "a\0b" }, "cwd must be the path of a directory"],
    [{ ...request, fork: "yes" }, "fork must be true or false"],
    [{ ...request, settings: {} }, "the field settings is unknown"],
    [{ ...request, "my secret prompt": 1 }, "a field is unknown"],
    ['{"id":"r1","prompt":"x","__proto__":{"a":1}}', "the field __proto__ is unknown"],
    ['{"id":"r1","prompt":"x","constructor":1}', "the field constructor is unknown"],
    [{ cancel: "r1", id: "r2" }, "the field id cannot be combined with cancel"],
    [{ cancel: 1 }, `cancel must be ${name}`],
    [{ close: "" }, `close must be ${name}`],
    [{ stats: false }, "stats must be true"],
  ];
  for (const [input, problem] of cases) assertEquals(problemIn(input), problem);
});

Deno.test("the schema of the input has the fields that parseInput accepts, and no others", () => {
  const request = { id: "r1", prompt: "x" };
  const invalid = [
    {},
    { id: "r1" },
    { prompt: "x" },
    { ...request, id: 1 },
    { ...request, settings: {} },
    { ...request, cancel: "r1" },
    { ...request, images: [{ media_type: "image/png", data: "", path: "x" }] },
    { cancel: "r1", close: "a" },
    { stats: false },
  ];
  for (const input of invalid) {
    assert(problemIn(input) !== undefined);
    assertThrows(() => checkInput(input));
  }
});

Deno.test("parseInput returns the id and the conversation of a line that is not valid", () => {
  const parsed = parseInput('{"id":"r1","session":"a","prompt":1}');
  assert("problem" in parsed);
  assertEquals([parsed.id, parsed.session], ["r1", "a"]);
  const invalid = parseInput('{"id":"a\\u0007","session":"a\\u0007","prompt":"x"}');
  assert("problem" in invalid);
  assertEquals([invalid.id, invalid.session], [undefined, undefined]);
});

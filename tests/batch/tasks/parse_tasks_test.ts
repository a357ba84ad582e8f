import { assert, assertEquals, assertThrows } from "@std/assert";
import type { OptionKind } from "../../../lib/batch/tasks/options.ts";
import { parseTasks } from "../../../lib/batch/tasks/parse_tasks.ts";
import { CcrunError } from "../../../lib/errors.ts";
import { REPOSITORY } from "../../support/paths.ts";

const OPTION_KINDS = new Map<string, OptionKind>([
  ["model", "text"],
  ["max-turns", "text"],
  ["timeout", "text"],
  ["permission-mode", "text"],
  ["fail-on-denied", "switch"],
  ["add-dir", "list"],
]);

/** Lines, or values that become lines of JSON. */
type Input = string | readonly unknown[];

function parse(input: Input, template?: string, isJson?: boolean) {
  const text = typeof input === "string"
    ? input
    : input.map((value) => JSON.stringify(value)).join("\n");
  return parseTasks(text, { source: "tasks", isJson, template, optionKinds: OPTION_KINDS });
}

function prompts(input: Input, template?: string): string[] {
  return parse(input, template).tasks.map(({ prompt }) => prompt);
}

/** Returns the error and the hint, on two lines. */
function errorOf(input: Input, template?: string): string {
  const { kind, message, hint } = assertThrows(() => parse(input, template), CcrunError);
  assertEquals(kind, "usage");
  return hint === undefined ? message : `${message}\n${hint}`;
}

Deno.test("plain lines are ids and, without a template, prompts", () => {
  const { tasks, warnings } = parse("a.js\n\n  \nsrc/b c.js \n");
  assertEquals(tasks, [
    { id: "a.js", line: 1, prompt: "a.js", options: new Map() },
    { id: "src/b c.js ", line: 4, prompt: "src/b c.js ", options: new Map() },
  ]);
  assertEquals(warnings, []);
});

Deno.test("a byte order mark, carriage returns and a missing newline at the end change nothing", () => {
  const ids = (input: string) => parse(input).tasks.map(({ id, line }) => [line, id]);
  assertEquals(ids("\ufeffa\r\n\r\nb"), [[1, "a"], [3, "b"]]);
  assertEquals(ids('\ufeff\r\n{"id":"a","prompt":"x"}\r\n'), [[2, "a"]]);
});

Deno.test("JSON tasks have the given id, or else their line", () => {
  const input = [{ id: "a", prompt: "x" }, { id: 7, prompt: "x" }, { id: null, prompt: "x" }];
  const { tasks } = parse(input);
  assertEquals(tasks.map(({ id }) => id), ["a", "7", '{"id":null,"prompt":"x"}']);
});

Deno.test("the first line decides whether the tasks are JSON, unless the caller does", () => {
  assertEquals(prompts('  {"prompt":"x"}\n'), ["x"]);
  assertEquals(prompts('a\n{"prompt":"x"}\n'), ["a", '{"prompt":"x"}']);
  assertEquals(parse('{"prompt":"x"}', undefined, false).tasks[0]?.prompt, '{"prompt":"x"}');
  assertThrows(() => parse("a", undefined, true), CcrunError, "tasks, line 1: not JSON");
});

Deno.test("the template is for tasks without a prompt, or for all if it contains {prompt}", () => {
  const input = [{ id: "a" }, { id: "b", prompt: "own {id}" }];
  assertEquals(prompts(input, "do {}"), ["do a", "own {id}"]);
  const all = [{ id: "a", prompt: "x" }, { id: "b", prompt: "{}" }];
  assertEquals(prompts(all, "{}: {prompt}!"), ["a: x!", "b: {}!"]);
  assertEquals(prompts("a\nb", "{prompt} {}"), ["{prompt} a", "{prompt} b"]);
});

Deno.test("the template replaces only the names that tasks have", () => {
  const input = [{ id: "a", n: 1.5, list: ["x"], flag: false, text: "{n} $&" }];
  assertEquals(prompts(input, "{n} {list} {flag} {text} {other} {} {{n}} if (x) { y }"), [
    '1.5 ["x"] false {n} $& {other} a {1.5} if (x) { y }',
  ]);
  assertEquals(prompts([{ id: "a" }], "{constructor} {__proto__}"), ["{constructor} {__proto__}"]);
});

Deno.test("fields with the name of an option are options, with dashes or underscores", () => {
  const [task] = parse([{
    prompt: "x",
    model: "haiku",
    max_turns: 3,
    "permission-mode": "plan",
    fail_on_denied: false,
    add_dir: ["../a", "b"],
    timeout: null,
  }]).tasks;
  assertEquals(Object.fromEntries(task?.options ?? []), {
    "model": ["haiku"],
    "max-turns": ["3"],
    "permission-mode": ["plan"],
    "fail-on-denied": ["0"],
    "add-dir": ["../a", "b"],
  });
  assertEquals(parse([{ prompt: "x", add_dir: "a" }]).tasks[0]?.options.get("add-dir"), ["a"]);
  assertEquals(parse([{ prompt: "x", "fail-on-denied": true }]).tasks[0]?.options.size, 1);
});

Deno.test("the first error is reported with its line, and quotes nothing of the line", () => {
  const good = { id: "a", prompt: "x" };
  const long = "x".repeat(4097);
  const cases: readonly (readonly [input: Input, error: string])[] = [
    ["", "tasks has no tasks\nwrite one task a line"],
    ["\n \n", "tasks has no tasks\nwrite one task a line"],
    [
      "a\nb\n\na\n",
      "tasks, line 4: duplicate of line 1\nremove one of them, such as with sort -u",
    ],
    [
      [good, { id: "b", prompt: "x" }, { ...good, prompt: "y" }],
      "tasks, line 3: duplicate id, already in line 1\ngive each task its own id",
    ],
    [
      [{ id: 1, prompt: "x" }, { id: "1", prompt: "x" }],
      "tasks, line 2: duplicate id, already in line 1\ngive each task its own id",
    ],
    [
      // Their hashes begin with the same 10 digits.
      [1313577, 1890920].map((end) => ({ id: "a".repeat(60) + end, prompt: "x" })),
      "tasks, line 2: the id gives its files the same name as that of line 1\n" +
      "give one of the tasks another id",
    ],
    [
      [{ prompt: "x" }, { prompt: "x" }],
      "tasks, line 2: duplicate of line 1\nremove one of them, such as with sort -u",
    ],
    [
      '{"id":"a","prompt":"x"}\n{"id":"secret",}',
      "tasks, line 2: not JSON: error at column 16\n" +
      "write each task as a JSON object on its own line, such as with jq -c",
    ],
    [
      '{\n  "id": "a"\n}',
      "tasks, line 1: not JSON: error at column 2\n" +
      "write each task as a JSON object on its own line, such as with jq -c",
    ],
    [
      '[{"id":"a"}]',
      "tasks, line 1: an array instead of an object\n" +
      "write each task on its own line; for an array: jq -c '.[]'",
    ],
    [
      "[\n{}\n]",
      "tasks, line 1: an array instead of an object\n" +
      "write each task on its own line; for an array: jq -c '.[]'",
    ],
    [
      '{"id":"a","prompt":"x"}\n"secret"',
      'tasks, line 2: not a JSON object\nuse {"id":"...","prompt":"..."}',
    ],
    [
      [good, { id: "b" }],
      "tasks, line 2: the prompt is missing\nadd it, or use --prompt for all tasks",
    ],
    [[{ prompt: " \n" }], "tasks, line 1: the prompt must be a text that is not empty"],
    [[{ prompt: ["x"] }], "tasks, line 1: the prompt must be a text that is not empty"],
    [[{ ...good, id: "" }], "tasks, line 1: the id is empty\ngive the task an id"],
    [[{ ...good, id: ["a"] }], "tasks, line 1: the id must be a text\nput it in quotes"],
    [
      '{"id":12345678901234567890,"prompt":"x"}',
      "tasks, line 1: the id must be a text\nput it in quotes",
    ],
    ['{"id":1e999,"prompt":"x"}', "tasks, line 1: the id must be a text\nput it in quotes"],
    [
      [{ ...good, id: "a\0" }],
      "tasks, line 1: the id contains a NUL character\nseparate tasks with newlines",
    ],
    ["a\0b\0", "tasks, line 1: the line contains a NUL character\nseparate tasks with newlines"],
    [[{ ...good, id: "\ud800" }], "tasks, line 1: the id is not valid Unicode\nuse another id"],
    [
      long,
      "tasks, line 1: the line has more than 4096 characters, too many for an id\n" +
      'use {"id":"...","prompt":"..."} with a short id',
    ],
    [
      [{ ...good, id: long }],
      "tasks, line 1: the id has more than 4096 characters, too many for an id\n" +
      'use {"id":"...","prompt":"..."} with a short id',
    ],
    [[{ ...good, model: true }], "tasks, line 1: model must be a text or a number"],
    [[{ ...good, max_turns: [1] }], "tasks, line 1: max_turns must be a text or a number"],
    [[{ ...good, fail_on_denied: "yes" }], "tasks, line 1: fail_on_denied must be true or false"],
    [[{ ...good, add_dir: [1] }], "tasks, line 1: add_dir must be a list of texts"],
    [[{ ...good, add_dir: {} }], "tasks, line 1: add_dir must be a list of texts"],
    [[{ ...good, model: "a\0" }], "tasks, line 1: model contains a NUL character\nremove it"],
    [
      [{ ...good, max_turns: 1, "max-turns": 2 }],
      "tasks, line 1: max-turns is set twice\nremove one of the fields",
    ],
  ];
  for (const [input, error] of cases) assertEquals(errorOf(input), error);
});

Deno.test("of several errors, the one in the first line is reported", () => {
  assertEquals(
    errorOf('{"prompt":"x"}\n{"id":"b"}\n{'),
    "tasks, line 2: the prompt is missing\nadd it, or use --prompt for all tasks",
  );
  assertEquals(errorOf('{"prompt":"x"}\n{\n{"id":"b"}').split(":")[0], "tasks, line 2");
});

Deno.test("a task without a field of the template is an error", () => {
  const hint = "add it to the task, or remove it from the prompt";
  const input = [{ id: "a", file: "x" }, { id: "b", file: null }];
  assertEquals(
    errorOf(input, "read {file}"),
    `tasks, line 2: the field file is missing, which the prompt contains\n${hint}`,
  );
  assertEquals(
    errorOf([{ id: "a", prompt: "x" }, { id: "b" }], "{prompt}!"),
    `tasks, line 2: the field prompt is missing, which the prompt contains\n${hint}`,
  );
  assertEquals(
    errorOf([{ "a secret": 1 }, {}], "{a secret}"),
    `tasks, line 2: a field is missing, which the prompt contains\n${hint}`,
  );
  assertEquals(errorOf([{ id: "a", x: "" }], "{x}"), "tasks, line 1: the prompt is empty");
  const own = [{ id: "a", file: "x" }, { id: "b", prompt: "own" }];
  assertEquals(prompts(own, "read {file}"), ["read x", "own"]);
});

Deno.test("each field without effect has one warning, which suggests a name if it is certain", () => {
  const good = { prompt: "x" };
  const cases:
    readonly (readonly [input: Input, template: string | undefined, warnings: string[]])[] = [
      [[{ ...good, lang: "de" }, { ...good, lang: "fr" }], undefined, [
        "tasks: the field lang has no effect",
      ]],
      [[{ ...good, maxTurns: 1 }], undefined, [
        "tasks: the field maxTurns has no effect; did you mean max-turns?",
      ]],
      [[{ ...good, permision_mode: "plan" }], undefined, [
        "tasks: the field permision_mode has no effect; did you mean permission-mode?",
      ]],
      [[{ ...good, promt: "x" }], undefined, [
        "tasks: the field promt has no effect; did you mean prompt?",
      ]],
      [[{ ...good, "secret 1": 1, "secret 2": 1 }], undefined, ["tasks: a field has no effect"]],
      [[{ ...good, lang: null }], undefined, []],
      [[{ lang: "de" }], "{lang}", []],
      [[{ model: "haiku", lang: "de" }], "{lang} {model}", []],
    ];
  for (const [input, template, warnings] of cases) {
    assertEquals(parse(input, template).warnings, warnings);
  }
});

Deno.test("the fields of very different tasks do not fill the screen with warnings", () => {
  const input = Array.from({ length: 1000 }, (_, index) => ({ prompt: "x", [`f${index}`]: 1 }));
  const { warnings } = parse(input);
  assertEquals(warnings.length, 11);
  assertEquals(warnings.at(-1), "tasks: 990 more fields have no effect");
});

Deno.test("a template that has no effect, or makes the same prompt of all lines, has a warning", () => {
  assertEquals(parse("a\nb", "do it").warnings, [
    "tasks: all 2 tasks have the same prompt; {} stands for the line",
  ]);
  assertEquals(parse("a", "do it").warnings, []);
  assertEquals(parse([{ file: "a" }, { file: "b" }], "do {fille}").warnings, [
    "tasks: no task has the field fille, so the prompt keeps {fille}",
    "tasks: the field file has no effect",
  ]);
  assertEquals(parse("a\nb", "do {file}").warnings, [
    "tasks: no task has the field file, so the prompt keeps {file}",
  ]);
  assertEquals(parse([{ cwd: "a" }, { cwd: "b" }], "do it").warnings, [
    "tasks: the field cwd has no effect",
  ]);
  assertEquals(parse([{ id: "a", prompt: "x" }], "do {}").warnings, [
    "tasks: --prompt has no effect, because all tasks have a prompt; to combine them, add {prompt}",
  ]);
});

Deno.test("the tasks in the help are valid, with the prompt in the help", async () => {
  const help = await Deno.readTextFile(`${REPOSITORY}/lib/cli/help/batch.txt`);
  const lines = help.split("\n").filter((line) => line.startsWith('  {"id"'));
  const [, template] = /with --prompt '(.+)':/.exec(help) ?? [];
  const { tasks, warnings } = parse(lines.join("\n"), template);
  assertEquals(tasks.map(({ prompt }) => prompt), ["Migrate a.js", "Migrate b.js", "Migrate c.js"]);
  assertEquals(tasks.map(({ options }) => options.size), [0, 2, 2]);
  assertEquals(warnings, []);
});

Deno.test("100,000 tasks take seconds, not minutes", () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, index) => `{"id":"${index}","file":"f${index}"}`,
  );
  const start = performance.now();
  assertEquals(parse(lines.join("\n"), "read {file}").tasks.length, lines.length);
  assert(performance.now() - start < 20_000);
});

import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { type GithubOutputs, githubOutputs } from "../../lib/ci/github_outputs.ts";
import { readGithubFile } from "../support/github_files.ts";
import { answer, exit, failedExit } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

/** Returns the outputs of a successful run with an answer. */
function outputsOf(text: string, more: Partial<EventOf<"result">> = {}): GithubOutputs {
  return githubOutputs({ result: stamp(answer(text, more)), exit: stamp(exit()) });
}

/** Returns the outputs of a successful run with a structured output. */
function structured(value: unknown): GithubOutputs {
  return outputsOf("", { structured_output: value });
}

/** Values that a reader of the file could misinterpret. */
const HOSTILE = [
  "",
  "\n",
  "\n\n\n",
  "\r",
  "a\r",
  "\r\na\r\n\r\nb",
  "a\rb\r\r",
  "exit_reason<<x\nsuccess\nx",
  "result=no\nexit_reason=success",
  "=",
  "<<",
  "<<\n<<",
  "EOF\nexit_reason<<EOF\nsuccess\nEOF",
  "ccrun_\nccrun_00000000-0000-4000-8000-000000000000\nexit_reason=success",
  "::set-output name=result::no",
  " \t leading and trailing \t ",
  "\0\x1b[2J\u2028\u2029\u0085\ufeff",
  "日本語 🎉",
];

Deno.test("githubOutputs() returns session, answer, reason, and cost", () => {
  const { text, warnings } = githubOutputs({
    result: stamp(answer("Done.\nAll of it.\n")),
    exit: stamp(exit({ session_id: "0c949d68", cost_usd: 0.00495 })),
  });
  assertEquals(Object.fromEntries(readGithubFile(text)), {
    session_id: "0c949d68",
    result: "Done.\nAll of it.",
    exit_reason: "success",
    cost_usd: "0.00495",
    url: "",
    structured_output: "",
  });
  assertEquals(warnings, []);
});

Deno.test("githubOutputs() returns an empty cost if it is not known", () => {
  const { text } = githubOutputs({
    result: undefined,
    exit: stamp(failedExit({ cost_usd: null })),
  });
  assertEquals(readGithubFile(text).get("cost_usd"), "");
});

Deno.test("githubOutputs() returns no answer of a failed run", () => {
  const outputs = githubOutputs({
    result: stamp(answer("almost", { structured_output: { a: 1 } })),
    exit: stamp(failedExit({ cost_usd: 0 })),
  });
  assertEquals(Object.fromEntries(readGithubFile(outputs.text)), {
    session_id: "",
    result: "",
    exit_reason: "api",
    cost_usd: "0",
    url: "",
    structured_output: "",
  });
  const none = githubOutputs({ result: undefined, exit: stamp(exit()) });
  assertEquals(readGithubFile(none.text).get("result"), "");
});

Deno.test("a second run in a step replaces all outputs of the first", () => {
  const first = outputsOf("", { structured_output: { verdict: "fine" } });
  const second = githubOutputs({ result: undefined, exit: stamp(failedExit()) });
  const read = readGithubFile(first.text + second.text);
  assertEquals(
    [read.get("exit_reason"), read.get("result"), read.get("structured_output")],
    ["api", "", ""],
  );
});

Deno.test("githubOutputs() returns a structured output as a whole and by field", () => {
  const value = { file: "a\nb.ts", line: 5, ok: true, none: null, "with-dash": [1, "x"], _o: {} };
  const { text, warnings } = structured(value);
  const read = Object.fromEntries(readGithubFile(text));
  assertEquals(JSON.parse(read["structured_output"] ?? ""), value);
  assertEquals(read["result"], read["structured_output"]);
  assertEquals(read["file"], "a\nb.ts");
  assertEquals(read["line"], "5");
  assertEquals(read["ok"], "true");
  assertEquals(read["none"], "null");
  assertEquals(read["with-dash"], '[1,"x"]');
  assertEquals(read["_o"], "{}");
  assertEquals(warnings, []);
});

Deno.test("githubOutputs() returns the page of a published change, unless a structured output has a url", () => {
  const urlOf = (value: unknown) => {
    const result = stamp(answer("", { structured_output: value }));
    const { text } = githubOutputs({ result, exit: stamp(exit()), url: "https://example.org/7" });
    return readGithubFile(text).get("url");
  };
  assertEquals(urlOf({ a: 1 }), "https://example.org/7");
  assertEquals(urlOf({ url: "mine" }), "mine");
});

Deno.test("githubOutputs() returns structured outputs that are not objects", () => {
  for (const value of [0, "", "text", false, [1, 2], []]) {
    const read = readGithubFile(structured(value).text);
    assertEquals(JSON.parse(read.get("structured_output") ?? ""), value);
    assertEquals(read.size, 6);
  }
});

Deno.test("a value reaches the runner unchanged, whatever it contains", () => {
  for (const value of HOSTILE) {
    // The answer ends before its last line ends.
    const result = value.replace(/[\r\n]+$/, "");
    const read = readGithubFile(outputsOf(value).text);
    assertEquals([...read.keys()].sort(), [
      "cost_usd",
      "exit_reason",
      "result",
      "session_id",
      "structured_output",
      "url",
    ]);
    assertEquals(read.get("result"), result);
    assertEquals(read.get("exit_reason"), "success");
    assertEquals(readGithubFile(structured({ value }).text).get("value"), value);
  }
});

Deno.test("a value reaches a runner on Windows unchanged", () => {
  for (const value of HOSTILE) {
    const { text } = githubOutputs({
      result: stamp(answer("", { structured_output: { value } })),
      exit: stamp(exit()),
      newline: "\r\n",
    });
    const read = readGithubFile(text, { windows: true });
    assertEquals(read.get("value"), value);
    assertEquals(read.get("exit_reason"), "success");
  }
});

Deno.test("the outputs can follow a line without a line end", () => {
  const read = readGithubFile(`earlier=1${outputsOf("Done.").text}later=2\n`);
  assertEquals(read.get("earlier"), "1");
  assertEquals(read.get("session_id"), "");
  assertEquals(read.get("result"), "Done.");
  assertEquals(read.get("later"), "2");
});

Deno.test("every value has an unpredictable delimiter", () => {
  const delimiters = (text: string) => [...text.matchAll(/^\w+<<(.+)$/gm)].map(([, one]) => one);
  const first = delimiters(outputsOf("a").text);
  const second = delimiters(outputsOf("a").text);
  assertEquals(new Set([...first, ...second]).size, first.length + second.length);
  assertMatch(first[0] ?? "", /[0-9a-f]{8}-[0-9a-f-]{27}$/);
  assertNotEquals(first, second);
});

Deno.test("fields with unusable names are omitted", () => {
  const rows: [names: string[], warning: RegExp][] = [
    [
      ["exit_reason", "Result", "SESSION_ID"],
      /^3 fields omitted .* other outputs .*: "exit_reason", "Result", "SESSION_ID"$/,
    ],
    [["good", "GOOD"], /^1 field omitted .* other outputs .*: "GOOD"$/],
    [
      ["", "a b", "1a", "a=b", "a<<b", "ſ", "-a"],
      /^7 fields omitted .* output names can contain only .*: "", "a b",/,
    ],
    [
      ["a\nexit_reason", "\x1b[2J##[error]"],
      /^2 fields omitted .*: "a ⏎ exit_reason", "␛\[2J#\\#\[error\]"$/,
    ],
  ];
  for (const [names, warning] of rows) {
    const fields = Object.fromEntries([["good", "yes"], ...names.map((name) => [name, "x"])]);
    const { text, warnings } = structured({ ...fields, good: "yes" });
    const read = readGithubFile(text);
    assertEquals([read.get("good"), read.get("exit_reason"), read.size], ["yes", "success", 7]);
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0] ?? "", warning);
  }
});

Deno.test("a field called __proto__ is an output", () => {
  const { text } = structured(JSON.parse('{"__proto__":"x","constructor":"y"}'));
  const read = readGithubFile(text);
  assertEquals(read.get("__proto__"), "x");
  assertEquals(read.get("constructor"), "y");
});

Deno.test("a long answer is cut between characters", () => {
  const { text, warnings } = outputsOf(`a${"🎉".repeat(5_000_000)}`);
  const result = readGithubFile(text).get("result") ?? "";
  assertEquals(result, `a${"🎉".repeat(199_999)}`);
  assertMatch(warnings.join(), /cut after 399999 of 10000001 characters.*--output FILE/);
});

Deno.test("fields that exceed the limit of a job are omitted", () => {
  const { text, warnings } = structured({ a: "x".repeat(600_000), b: "short" });
  const read = readGithubFile(text);
  assertEquals(read.get("b"), "short");
  assertEquals([read.has("a"), read.get("structured_output")], [false, ""]);
  assertEquals(read.get("result")?.length, 400_000);
  assertMatch(warnings[0] ?? "", /exceed GitHub.*"structured_output", "a"$/);
  assertMatch(warnings[1] ?? "", /result was cut after 400000 .*--output FILE writes all of it$/);
  const many = structured(Object.fromEntries(
    Array.from({ length: 20_000 }, (_, n) => [`field_${n}`, "x".repeat(50)]),
  ));
  const total = [...readGithubFile(many.text)].reduce(
    (sum, [name, value]) => sum + 2 * (name.length + value.length),
    0,
  );
  assert(total < 1_000_000, `${total} bytes`);
  assertMatch(many.warnings.join(), /, and \d+ more/);
});

Deno.test("a structured output and its fields have priority over result", () => {
  const value = { report: "x".repeat(200_000), verdict: "fine" };
  const { text, warnings } = structured(value);
  const read = readGithubFile(text);
  const whole = JSON.stringify(value);
  assertEquals(read.get("structured_output"), whole);
  assertEquals([read.get("report"), read.get("verdict")], [value.report, "fine"]);
  const result = read.get("result") ?? "";
  assert(result.length > 90_000 && result.length < whole.length && whole.startsWith(result));
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0] ?? "", /result was cut .* structured_output is complete$/);
});

Deno.test("unpaired surrogates become replacement characters", () => {
  const { text } = structured({ value: "a\ud83cb\udf89" });
  assert(text.isWellFormed());
  assertEquals(readGithubFile(text).get("value"), "a\ufffdb\ufffd");
});

Deno.test("readGithubFile() rejects what the runner rejects", () => {
  assertThrows(() => readGithubFile("a<<EOF\nb\n"), Error, "is missing");
  assertThrows(() => readGithubFile("a<<EOF\nb\nEOF "), Error, "not on a line");
  assertThrows(() => readGithubFile("<<EOF\nEOF\n"), Error, "no name");
  assertThrows(() => readGithubFile("a<<\n\n"), Error, "no name");
  assertThrows(() => readGithubFile("just a line\n"), Error, "neither");
  assertEquals(readGithubFile("a=b<<c\nd==").get("a"), "b<<c");
  assertEquals(readGithubFile("a<<=EOF\nx\n=EOF").get("a"), "x");
});

import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { createEventFactory, type EventOf } from "../../lib/events.ts";
import { type GithubOutputs, githubOutputs } from "../../lib/ci/github_outputs.ts";
import { readGithubFile } from "../support/github_files.ts";
import { answer, exit, failedExit } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

/** The outputs of a good run with this answer. */
function outputsOf(text: string, more: Partial<EventOf<"result">> = {}): GithubOutputs {
  return githubOutputs({ result: stamp(answer(text, more)), exit: stamp(exit()) });
}

/** The outputs of a good run with this structured output. */
function structured(value: unknown): GithubOutputs {
  return outputsOf("", { structured_output: value });
}

/** Values that a reader of the file could take for something else. */
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

Deno.test("githubOutputs gives session, answer, reason and cost", () => {
  const { text, warnings } = githubOutputs({
    result: stamp(answer("Done.\nAll of it.\n")),
    exit: stamp(exit({ session_id: "0c949d68", cost_usd: 0.0049499999999999995 })),
  });
  assertEquals(Object.fromEntries(readGithubFile(text)), {
    session_id: "0c949d68",
    result: "Done.\nAll of it.",
    exit_reason: "success",
    cost_usd: "0.00495",
    structured_output: "",
  });
  assertEquals(warnings, []);
});

Deno.test("githubOutputs gives no answer of a run that failed", () => {
  const outputs = githubOutputs({
    result: stamp(answer("almost", { structured_output: { a: 1 } })),
    exit: stamp(failedExit({ cost_usd: 0 })),
  });
  assertEquals(Object.fromEntries(readGithubFile(outputs.text)), {
    session_id: "",
    result: "",
    exit_reason: "api",
    cost_usd: "0",
    structured_output: "",
  });
  const none = githubOutputs({ result: undefined, exit: stamp(exit()) });
  assertEquals(readGithubFile(none.text).get("result"), "");
});

Deno.test("of two runs in one step, the first one's answer is not left beside the second one's failure", () => {
  const first = outputsOf("", { structured_output: { verdict: "fine" } });
  const second = githubOutputs({ result: undefined, exit: stamp(failedExit()) });
  const read = readGithubFile(first.text + second.text);
  assertEquals(
    [read.get("exit_reason"), read.get("result"), read.get("structured_output")],
    ["api", "", ""],
  );
});

Deno.test("githubOutputs gives a structured output whole and field by field", () => {
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

Deno.test("githubOutputs gives structured outputs that are no objects as they are", () => {
  for (const value of [0, "", "text", false, [1, 2], []]) {
    const read = readGithubFile(structured(value).text);
    assertEquals(JSON.parse(read.get("structured_output") ?? ""), value);
    assertEquals(read.size, 5);
  }
});

Deno.test("a value reaches the runner exactly, whatever it contains", () => {
  for (const value of HOSTILE) {
    // An answer's own last line ends are not part of it.
    const result = value.replace(/[\r\n]+$/, "");
    const read = readGithubFile(outputsOf(value).text);
    assertEquals([...read.keys()].sort(), [
      "cost_usd",
      "exit_reason",
      "result",
      "session_id",
      "structured_output",
    ]);
    assertEquals(read.get("result"), result);
    assertEquals(read.get("exit_reason"), "success");
    assertEquals(readGithubFile(structured({ value }).text).get("value"), value);
  }
});

Deno.test("a value reaches a runner on Windows exactly, with its newlines", () => {
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

Deno.test("githubOutputs survives a line that an earlier command has not ended", () => {
  const read = readGithubFile(`earlier=1${outputsOf("Done.").text}later=2\n`);
  assertEquals(read.get("earlier"), "1");
  assertEquals(read.get("session_id"), "");
  assertEquals(read.get("result"), "Done.");
  assertEquals(read.get("later"), "2");
});

Deno.test("every value has a delimiter of its own, which nobody can know", () => {
  const delimiters = (text: string) => [...text.matchAll(/^\w+<<(.+)$/gm)].map(([, one]) => one);
  const first = delimiters(outputsOf("a").text);
  const second = delimiters(outputsOf("a").text);
  assertEquals(new Set([...first, ...second]).size, first.length + second.length);
  assertMatch(first[0] ?? "", /[0-9a-f]{8}-[0-9a-f-]{27}$/);
  assertNotEquals(first, second);
});

Deno.test("fields that would replace an output of ccrun's are left out, in any case", () => {
  const { text, warnings } = structured({
    exit_reason: "x",
    Result: "x",
    SESSION_ID: "x",
    structured_output: "x",
    cost_usd: 1,
    fine: "yes",
  });
  const read = readGithubFile(text);
  assertEquals([...read.keys()].sort(), [
    "cost_usd",
    "exit_reason",
    "fine",
    "result",
    "session_id",
    "structured_output",
  ]);
  assertEquals(read.get("exit_reason"), "success");
  assertEquals(warnings, [
    "5 fields left out of the outputs, for ccrun's own outputs have these names: " +
    '"exit_reason", "Result", "SESSION_ID", "structured_output", "cost_usd"',
  ]);
});

Deno.test("of two fields that differ in case only, the first is the output", () => {
  const { text, warnings } = structured({ File: "first", file: "second", FILE: "third" });
  const read = readGithubFile(text);
  assertEquals(read.get("File"), "first");
  assertEquals([read.has("file"), read.has("FILE")], [false, false]);
  assertEquals(warnings, [
    "2 fields left out of the outputs, for others have these names already, for case does not count: " +
    '"file", "FILE"',
  ]);
});

Deno.test("names that no expression can have are left out and told safely", () => {
  const value = JSON.parse(JSON.stringify({
    "": 1,
    "a b": 1,
    "1a": 1,
    "a\nexit_reason": 1,
    "a=b": 1,
    "a<<b": 1,
    "\x1b[2J##[error]": 1,
    "ſ": 1,
    "-a": 1,
    ["n".repeat(101)]: 1,
    good: 1,
  }));
  const { text, warnings } = structured(value);
  const read = readGithubFile(text);
  assertEquals(read.size, 6);
  assertEquals(read.get("good"), "1");
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0] ?? "", /^10 fields left out .*"a ⏎ exit_reason".*"␛\[2J#\\#\[error\]"/);
});

Deno.test("a field called __proto__ is an output like others", () => {
  const { text } = structured(JSON.parse('{"__proto__":"x","constructor":"y"}'));
  const read = readGithubFile(text);
  assertEquals(read.get("__proto__"), "x");
  assertEquals(read.get("constructor"), "y");
});

Deno.test("a long answer is cut between characters, and that is said", () => {
  const { text, warnings } = outputsOf(`a${"🎉".repeat(5_000_000)}`);
  const result = readGithubFile(text).get("result") ?? "";
  assertEquals(result, `a${"🎉".repeat(199_999)}`);
  assertMatch(warnings.join(), /cut at 399999 of 10000001 characters.*--output FILE/);
});

Deno.test("what would make a job's outputs too large is left out, and that is said", () => {
  const { text, warnings } = structured({ a: "x".repeat(600_000), b: "short" });
  const read = readGithubFile(text);
  assertEquals(read.get("b"), "short");
  assertEquals([read.has("a"), read.get("structured_output")], [false, ""]);
  assertEquals(read.get("result")?.length, 400_000);
  assertMatch(warnings[0] ?? "", /there is no room.*"structured_output", "a"$/);
  assertMatch(warnings[1] ?? "", /result is cut at 400000 .*--output FILE keeps it whole$/);
  const many = structured(Object.fromEntries(
    Array.from({ length: 20_000 }, (_, n) => [`field_${n}`, "x".repeat(50)]),
  ));
  const total = [...readGithubFile(many.text)].reduce(
    (sum, [name, value]) => sum + 2 * (name.length + value.length),
    0,
  );
  assert(total < 1_000_000, `${total} bytes`);
  assertMatch(many.warnings.join(), /and \d+ more/);
});

Deno.test("a structured output and its fields have room before result, which says the same", () => {
  const value = { report: "x".repeat(200_000), verdict: "fine" };
  const { text, warnings } = structured(value);
  const read = readGithubFile(text);
  const whole = JSON.stringify(value);
  assertEquals(read.get("structured_output"), whole);
  assertEquals([read.get("report"), read.get("verdict")], [value.report, "fine"]);
  const result = read.get("result") ?? "";
  assert(result.length > 90_000 && result.length < whole.length && whole.startsWith(result));
  assertEquals(warnings, [
    `the output result is cut at ${result.length} of ${whole.length} characters: ` +
    "GitHub takes no more; structured_output has it whole",
  ]);
});

Deno.test("where the fields take all the room, result is set all the same", () => {
  const lengths: number[] = [];
  for (let length = 249_600; length < 249_800; length += 10) {
    const read = readGithubFile(structured({ a: "x".repeat(length) }).text);
    // Else there is room for it, and nothing is tested.
    if (read.has("a")) lengths.push(read.get("result")?.length ?? -1);
    assert(read.has("result") && read.has("structured_output"));
    const size = [...read].reduce((sum, [name, { length }]) => sum + name.length + length, 0);
    assert(size < 500_000, `${size}`);
  }
  assert(Math.min(...lengths) >= 0 && Math.min(...lengths) < 20, lengths.join());
});

Deno.test("unpaired surrogates become replacement characters, as no file can hold them", () => {
  const { text } = structured({ value: "a\ud83cb\udf89" });
  assert(text.isWellFormed());
  assertEquals(readGithubFile(text).get("value"), "a\ufffdb\ufffd");
});

Deno.test("readGithubFile refuses what the runner refuses", () => {
  assertThrows(() => readGithubFile("a<<EOF\nb\n"), Error, "does not come");
  assertThrows(() => readGithubFile("a<<EOF\nb\nEOF "), Error, "not on a line");
  assertThrows(() => readGithubFile("<<EOF\nEOF\n"), Error, "no name");
  assertThrows(() => readGithubFile("a<<\n\n"), Error, "no name");
  assertThrows(() => readGithubFile("just a line\n"), Error, "neither");
  assertEquals(readGithubFile("a=b<<c\nd==").get("a"), "b<<c");
  assertEquals(readGithubFile("a<<=EOF\nx\n=EOF").get("a"), "x");
});

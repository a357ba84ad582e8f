import { assertEquals, assertRejects } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/args.ts";
import { batchSettings } from "../../../lib/cli/batch/settings.ts";
import { type BatchTasks, readTasks } from "../../../lib/cli/batch/tasks.ts";
import { fileNameOf } from "../../../lib/batch/file_name.ts";
import { CcrunError } from "../../../lib/errors.ts";
import { createRedactor } from "../../../lib/redact/redactor.ts";
import { createTempDirectory } from "../../../lib/util/temp_directory.ts";
import { taskResult } from "../../support/task_results.ts";
import { testWith } from "../../support/test_with.ts";
import { makeHost } from "../hosts.ts";

/** Reads the tasks in a file named `tasks.jsonl` or `tasks.txt`, and returns them with their settings. */
async function read(text: string, args: readonly string[] = []) {
  using directory = createTempDirectory();
  const { path: cwd } = directory;
  const name = text.startsWith("{") ? "tasks.jsonl" : "tasks.txt";
  await Deno.writeTextFile(`${cwd}/${name}`, text);
  const commandLine = parseCommandLine(["batch", name, "--results", "r.jsonl", ...args]);
  const host = makeHost({ cwd, env: { HOME: cwd } });
  const tasks = await readTasks(commandLine, host, () => {});
  const settings = await batchSettings(commandLine, tasks, host, undefined);
  const all = await Promise.all(tasks.tasks.map(settings.settingsOf));
  return { tasks, cwd, all };
}

function ids({ tasks }: BatchTasks): string[] {
  return tasks.map(({ id }) => id);
}

Deno.test("a task has the options of the batch, and its own ones instead", async () => {
  const lines = [
    { id: "a", prompt: "A" },
    { id: "b", prompt: "B", model: "haiku", max_turns: 3, cwd: "sub", allowed_tools: ["Edit"] },
    { id: "c", prompt: "C", "dangerously-skip-permissions": true, timeout: "90s" },
  ];
  const args = ["--model", "opus", "--timeout", "5m", "--allowed-tools", "Bash"];
  const { all, cwd } = await read(lines.map((line) => JSON.stringify(line)).join("\n"), args);
  const shown = all.map(({ session }) => [
    session.model,
    session.timeoutMs,
    session.allowedTools,
    session.workspace?.replace(cwd, ""),
    session.maxTurns ?? session.dangerouslySkipPermissions,
  ]);
  assertEquals(shown, [
    ["opus", 300_000, ["Bash"], "", false],
    ["haiku", 300_000, ["Edit"], "/sub", 3],
    ["opus", 90_000, ["Bash"], "", true],
  ]);
  assertEquals(all[0]?.session.protectedPaths, [`${cwd}/r.jsonl`]);
});

Deno.test("the template replaces {} and the names of fields", async () => {
  const plain = await read("a.js\nb.js\n", ["-p", "Fix {} {x}"]);
  assertEquals(plain.tasks.tasks.map(({ prompt }) => prompt), ["Fix a.js {x}", "Fix b.js {x}"]);
  const json = await read('{"id":"1","x":"y"}', ["-p", "Fix {x} of {}"]);
  assertEquals(json.tasks.tasks.map(({ prompt }) => prompt), ["Fix y of 1"]);
});

Deno.test("the shards of a batch have all tasks together", async () => {
  const text = Array.from({ length: 20 }, (_, index) => `task ${index}\n`).join("");
  const shards = await Promise.all(
    [1, 2, 3].map(async (index) => ids((await read(text, ["--shard", `${index}/3`])).tasks)),
  );
  assertEquals(shards.flat().sort(), ids((await read(text)).tasks).sort());
});

Deno.test("what is wrong with a task is a usage error with its line", async () => {
  const table: readonly [text: string, args: readonly string[], message: string][] = [
    ["a\nb\na\n", [], "tasks.txt, line 3: duplicate of line 1"],
    ['{"id":"a","prompt":"x","model":1.5,"max_turns":"x"}', [], "line 1: max-turns must be"],
    ['{"id":"a","prompt":"x","fork":true}', [], "line 1: fork needs a session"],
    ['{"id":"a","prompt":"x"}\n{"id":"b"}\n', [], "tasks.jsonl, line 2: "],
    ["\n\n", [], "tasks.txt has no tasks"],
    ["a\n", ["other.txt"], "ccrun batch takes one file with tasks, not 2"],
    ["a\n", ["--results", "tasks.txt"], "--results cannot be the file with the tasks, tasks.txt"],
    ["a\n", ["--resume", "last"], "--resume needs --fork"],
    ["a\n", ["--prompt-file", "missing.txt"], "cannot read --prompt-file missing.txt"],
  ];
  for (const [text, args, message] of table) {
    const error = await assertRejects(() => read(text, args), CcrunError, message);
    assertEquals(error.kind, "usage", message);
  }
});

Deno.test("tasks need a file that can be read", async () => {
  const host = makeHost({ cwd: "/" });
  for (
    const [args, message] of [
      [[], "ccrun batch needs a file with tasks"],
      [["missing.txt"], "cannot read the tasks in missing.txt: it does not exist"],
    ] as const
  ) {
    const commandLine = parseCommandLine(["batch", ...args]);
    await assertRejects(() => readTasks(commandLine, host, () => {}), CcrunError, message);
  }
});

Deno.test("with --redact, the results keep no secret besides the ids", async () => {
  using directory = createTempDirectory();
  const { path: cwd } = directory;
  const secret = "sk-ant-api03-0123456789abcdef0123456789";
  const redactor = createRedactor({ ANTHROPIC_API_KEY: secret }, []);
  const host = makeHost({ cwd, env: { HOME: cwd } });
  const result = taskResult(secret, { answer: `It is ${secret}` });
  for (const [args, answer] of [[["--redact"], "It is [redacted]"], [[], undefined]] as const) {
    const commandLine = parseCommandLine(["batch", "t.txt", "--results", "r.jsonl", ...args]);
    const tasks = { tasks: [], warnings: [], commandLines: new Map() };
    const { redactResult } = await batchSettings(commandLine, tasks, host, redactor);
    assertEquals(redactResult?.(result), answer && { ...result, answer });
  }
});

testWith({ commands: ["mkfifo"] }, "a pipe in the directory of the logs is refused", async () => {
  using directory = createTempDirectory();
  const { path: cwd } = directory;
  const pipe = `${cwd}/logs/${fileNameOf("a")}.1.jsonl`;
  await Deno.mkdir(`${cwd}/logs`);
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  // Opening a pipe waits for its other end.
  using _ = await Deno.open(pipe, { read: true, write: true });
  const commandLine = parseCommandLine(["batch", "t.txt", "--results", "r", "--logs", "logs"]);
  const tasks = { tasks: [], warnings: [], commandLines: new Map() };
  const host = makeHost({ cwd, env: { HOME: cwd } });
  const { openLog } = await batchSettings(commandLine, tasks, host, undefined);
  const task = { id: "a", line: 1, prompt: "x", options: new Map<string, readonly string[]>() };
  const open = async () => await (await openLog?.(task, 1))?.close();
  await assertRejects(open, CcrunError, "it is not a regular file");
});

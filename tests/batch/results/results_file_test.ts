import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { History } from "../../../lib/batch/results/history.ts";
import { openResultsFile, ResultsFile } from "../../../lib/batch/results/results_file.ts";
import { CcrunError } from "../../../lib/errors.ts";
import { MAX_LINE_BYTES } from "../../../lib/util/lines.ts";
import { OTHER_USER, TWO_USERS } from "../../support/other_user.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { failedResult, taskResult } from "../../support/task_results.ts";
import { testWith } from "../../support/test_with.ts";

const lineOf = (result: object) => `${JSON.stringify(result)}\n`;

/** Returns the history of some tasks: how often they ran, and whether they have succeeded. */
function historyOf({ history }: ResultsFile, ids: readonly string[]) {
  return ids.map((id) => [history.executions(id), history.hasSucceeded(id)]);
}

/** Opens a results file, which must fail with a usage error. Returns its message. */
async function refusal(path: string, workspaces: readonly string[] = []): Promise<string> {
  const open = async () => {
    await using _ = await openResultsFile(path, workspaces);
  };
  const { kind, message } = await assertRejects(open, CcrunError);
  assertEquals(kind, "usage");
  return message;
}

async function readIfExists(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

Deno.test("the history of a results file is known when it is opened again", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const ids = ["a", "__proto__", "b"];
  const expected = [[2, true], [1, false], [0, false]];
  {
    await using results = await openResultsFile(path);
    await results.append(failedResult("a", { cost_usd: 0.5 }));
    await results.append(taskResult("a", { execution: 2, cost_usd: 0.25 }));
    assertEquals(results.history.cost.usd, 0.75);
    await results.append(failedResult("__proto__", { cost_usd: null }));
    assertEquals(historyOf(results, ids), expected);
  }
  await using results = await openResultsFile(path);
  assertEquals(historyOf(results, ids), expected);
  assertEquals([results.history.cost.usd, results.history.cost.knownUsd], [null, 0.75]);
  assertEquals(results.wasTorn, false);
});

Deno.test("results are whole lines of JSON in the order of the calls, safe in a log", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const results = ["one", "two\n##[error]\x9b", "three"].map((id) => {
    const { id: _, ...fields } = taskResult(id);
    return { ...fields, id };
  });
  {
    await using file = await openResultsFile(path);
    await Promise.all(results.map((result) => file.append(result)));
  }
  const text = await Deno.readTextFile(path);
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line)), results);
  for (const line of lines) assertMatch(line, /^\{"id":"/);
  assertEquals([text.includes("##["), text.includes("\x9b")], [false, false]);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a result that is too long for a line becomes a failure, and others can follow", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const text = "x".repeat(MAX_LINE_BYTES);
  const message = "the result is too long for a line of --results";
  {
    await using results = await openResultsFile(path);
    const written = await results.append(taskResult("a", { answer: text }));
    assertEquals(
      written,
      failedResult("a", { reason: "failed", error: { kind: "failed", message } }),
    );
    const error = { kind: "quota", message: text } as const;
    const { reason } = await results.append(failedResult("b", { reason: "quota", error }));
    assertEquals(reason, "quota");
    await results.append(taskResult("c"));
  }
  await using results = await openResultsFile(path);
  assertEquals(historyOf(results, ["a", "b", "c"]), [[1, false], [1, false], [1, true]]);
});

Deno.test("a line that is torn at any byte is removed, and a complete one is kept", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const before = lineOf(taskResult("a"));
  const { answer: _, session_id: __, ...short } = taskResult("ä😀", { usage: null });
  const torn = new TextEncoder().encode(lineOf(short));
  for (let length = 0; length < torn.length; length++) {
    const isComplete = length === torn.length - 1;
    await Deno.writeTextFile(path, before);
    await Deno.writeFile(path, torn.subarray(0, length), { append: true });
    {
      await using results = await openResultsFile(path);
      assertEquals(results.wasTorn, length > 0 && !isComplete, String(length));
      assertEquals(historyOf(results, ["a", "ä😀"]), [
        [1, true],
        isComplete ? [1, true] : [0, false],
      ]);
      await results.append(taskResult("b"));
    }
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    const ids = lines.map((line) => JSON.parse(line).id);
    assertEquals(ids, isComplete ? ["a", "ä😀", "b"] : ["a", "b"], String(length));
  }
});

Deno.test("zeros that a crash of the machine leaves at the end are removed", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const before = lineOf(taskResult("a"));
  for (
    const end of [
      "\0",
      "\0".repeat(300_000),
      `${before.slice(0, 50)}\0\0`,
      `{"i\0\0`,
      `${before.trim()}\0`,
    ]
  ) {
    await Deno.writeTextFile(path, before + end);
    {
      await using results = await openResultsFile(path);
      assertEquals([results.wasTorn, results.history.hasSucceeded("a")], [true, true]);
    }
    assertEquals(await Deno.readTextFile(path), before);
  }
});

Deno.test("a file that is not a results file is refused and stays as it is", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const good = lineOf(taskResult("a"));
  const contents: readonly (readonly [content: string, line: number])[] = [
    ["secret", 1],
    ["secret\n", 1],
    ["\n\nsecret", 3],
    ['{"id":"a","prompt":"secret"}', 1],
    [`${good}{"id":"secret"}`, 2],
    [`${good}{"id":"secret\n${good}`, 2],
    [`${good}\0\0\n${good}`, 2],
    [`${good}\0secret`, 2],
    [good + good.slice(0, 20) + good, 2],
  ];
  for (const [content, line] of contents) {
    await Deno.writeTextFile(path, content);
    assertEquals(
      await refusal(path),
      `cannot read --results ${path}: line ${line} is not a result of ccrun batch`,
    );
    assertEquals(await Deno.readTextFile(path), content);
  }
});

Deno.test("only one batch uses a results file", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  {
    await using _ = await openResultsFile(path);
    const message = `cannot use --results ${path}: another ccrun batch uses it`;
    assertEquals(await refusal(path), message);
  }
  await Deno.writeTextFile(path, "no JSON");
  assertMatch(await refusal(path), /not a result/);
  await Deno.remove(path);
  await using _ = await openResultsFile(path);
});

Deno.test("links, pipes, devices and directories are no results files", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  await Deno.writeTextFile(`${root}/target`, "");
  await Deno.symlink(`${root}/target`, `${root}/link`);
  await Deno.symlink(`${root}/none`, `${root}/dangling`);
  await Deno.link(`${root}/target`, `${root}/hard_link`);
  await Deno.symlink(root, `${project}/outside`);
  await new Deno.Command("mkfifo", { args: [`${root}/pipe`] }).output();
  const reasons = {
    [`${root}/link`]: "it is a link",
    [`${root}/dangling`]: "it is a link",
    [`${root}/hard_link`]: "it has another name, which is a hard link",
    [`${root}/pipe`]: "it is not a regular file",
    "/dev/null": "it is not a regular file",
    "/dev/stdout": "it is not a regular file",
    [project]: "it is a directory",
    [`${root}/none/results.jsonl`]: "its directory does not exist",
    [`${project}/outside/results.jsonl`]:
      `a link in its path leads out of the workspace ${project}`,
  };
  for (const [path, reason] of Object.entries(reasons)) {
    assertEquals(await refusal(path, [project]), `cannot write --results ${path}: ${reason}`);
  }
  assertEquals(await Deno.readTextFile(`${root}/target`), "");
  await assertRejects(() => Deno.lstat(`${root}/none`), Deno.errors.NotFound);
});

testWith(TWO_USERS, "the file of another user is no results file", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  await Deno.writeTextFile(path, lineOf(taskResult("a")));
  await Deno.chown(path, OTHER_USER, OTHER_USER);
  assertMatch(await refusal(path), /: it belongs to another user$/);
});

Deno.test("nothing is appended to a results file that another program has changed", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const other = `${sandbox.root}/other`;
  const attacks: Readonly<Record<string, () => Promise<void>>> = {
    "a forged line": () => Deno.writeTextFile(path, lineOf(taskResult("b")), { append: true }),
    "a shorter file": () => Deno.truncate(path, 10),
    "no file": () => Deno.remove(path),
    "a copy": async () => {
      await Deno.copyFile(path, other);
      await Deno.rename(other, path);
    },
    "a link": async () => {
      await Deno.writeTextFile(other, "precious");
      await Deno.remove(path);
      await Deno.symlink(other, path);
    },
    "a link to the file itself": async () => {
      await Deno.rename(path, other);
      await Deno.symlink(other, path);
    },
    "another name": () => Deno.link(path, other),
  };
  for (const [name, attack] of Object.entries(attacks)) {
    {
      await using results = await openResultsFile(path);
      await results.append(taskResult("a"));
      await attack();
      const before = await readIfExists(other);
      const error = await results.append(taskResult("b")).catch((error) => error);
      assertEquals(error instanceof CcrunError && [error.kind, error.message], [
        "failed",
        `cannot write --results ${path}: another program has changed it`,
      ], name);
      assertEquals(await readIfExists(other), before, name);
      assertEquals(results.history.executions("b"), 0);
    }
    for (const file of [path, other]) await Deno.remove(file).catch(() => {});
  }
});

Deno.test("a directory in the path cannot be replaced by a link", async () => {
  await using sandbox = await makeSandbox();
  const [folder, other] = [`${sandbox.root}/folder`, `${sandbox.root}/other`];
  for (const directory of [folder, other]) await Deno.mkdir(directory);
  await Deno.writeTextFile(`${other}/results.jsonl`, "");
  await using results = await openResultsFile(`${folder}/results.jsonl`);
  await Deno.rename(folder, `${sandbox.root}/moved`);
  await Deno.symlink(other, folder);
  await assertRejects(() => results.append(taskResult("a")), CcrunError, "has changed it");
  assertEquals(await Deno.readTextFile(`${other}/results.jsonl`), "");
});

Deno.test("a full disk leaves no part of a line, and the next result can be written", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const file = await Deno.open(path, { read: true, write: true, createNew: true });
  const write = file.write.bind(file);
  let room = Infinity;
  file.write = async (bytes) => {
    if (room === 0) throw new Error("No space left on device (os error 28)");
    const written = await write(bytes.subarray(0, room));
    room -= written;
    return written;
  };
  const locked = { path, file };
  const history = new History();
  await using results = new ResultsFile({ path, locked, history, size: 0, wasTorn: false });
  await results.append(taskResult("a"));
  room = 100;
  const { kind, message } = await assertRejects(() => results.append(taskResult("b")), CcrunError);
  assertEquals(kind, "failed");
  assertEquals(message, `cannot write --results ${path}: No space left on device`);
  assertEquals(await Deno.readTextFile(path), lineOf(taskResult("a")));
  room = Infinity;
  await results.append(taskResult("c"));
  assertEquals(await Deno.readTextFile(path), lineOf(taskResult("a")) + lineOf(taskResult("c")));
  assertEquals(historyOf(results, ["a", "b", "c"]), [[1, true], [0, false], [1, true]]);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { readResultLines } from "../../../lib/batch/results/read_results.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { taskResult } from "../../support/task_results.ts";

Deno.test("readResultLines reads lines that are longer than its buffer, and skips blank lines", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const results = [1, 300_000, 2, 600_000].map((length) =>
    taskResult(String(length), { answer: "你".repeat(length) })
  );
  const lines = results.map((result) => JSON.stringify(result));
  await Deno.writeTextFile(path, `\n${lines.join("\n \r\n")}`);
  using file = await Deno.open(path);
  const read = await Array.fromAsync(readResultLines(file));
  assertEquals(read.map(({ result }) => result), results);
  assertEquals(read.map(({ hasNewline }) => hasNewline), [true, true, true, false]);
  const bytes = await Deno.readFile(path);
  for (const { start } of read) assertEquals(bytes[start], "{".charCodeAt(0));
});

Deno.test("readResultLines reads 20,000 long answers in little memory", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  const answer = "x".repeat(5_000);
  const lines = Array.from(
    { length: 1_000 },
    (_, at) => JSON.stringify(taskResult(`${at}`, { answer })),
  );
  const block = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  for (let count = 0; count < 20; count++) await Deno.writeFile(path, block, { append: true });
  using file = await Deno.open(path);
  const before = Deno.memoryUsage().heapUsed;
  let count = 0;
  let most = 0;
  for await (const _ of readResultLines(file)) {
    if (++count % 1_000 === 0) most = Math.max(most, Deno.memoryUsage().heapUsed - before);
  }
  assertEquals(count, 20_000);
  assert(most < block.length * 10, `${most} bytes`);
});

Deno.test("readResultLines refuses a line without an end", async () => {
  using file = await Deno.open("/dev/zero");
  await assertRejects(
    () => Array.fromAsync(readResultLines(file)),
    Error,
    "line 1 is longer than 64 MiB",
  );
});

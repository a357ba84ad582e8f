import { assertEquals, assertRejects } from "@std/assert";
import { readReport } from "../../../lib/batch/results/read_report.ts";
import { openResultsFile } from "../../../lib/batch/results/results_file.ts";
import { CcrunError } from "../../../lib/errors.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { failedResult, taskResult } from "../../support/task_results.ts";

Deno.test("readReport joins the results of several files, even while a batch writes to them", async () => {
  await using sandbox = await makeSandbox();
  const paths = ["results-1.jsonl", "results-2.jsonl"].map((name) => `${sandbox.root}/${name}`);
  const [first = "", second = ""] = paths;
  await using results = await openResultsFile(first);
  await results.append(taskResult("a"));
  const line = `${JSON.stringify(failedResult("b"))}\n`;
  await Deno.writeTextFile(second, line + line.slice(0, 50));
  const { report, tornFiles } = await readReport([...paths, first]);
  assertEquals([report.tasks, report.executions, report.failed], [2, 2, 1]);
  assertEquals(tornFiles, [second]);
  assertEquals(await Deno.readTextFile(second), line + line.slice(0, 50));
});

Deno.test("readReport names the file that it cannot read, and quotes nothing of it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  await Deno.writeTextFile(path, `${JSON.stringify(taskResult("a"))}\nsecret\n`);
  const reasons = {
    [path]: "line 2 is not a result of ccrun batch",
    [`${sandbox.root}/none`]: "it does not exist",
    [sandbox.root]: "it is a directory",
  };
  for (const [path, reason] of Object.entries(reasons)) {
    const { kind, message } = await assertRejects(() => readReport([path]), CcrunError);
    assertEquals([kind, message], ["usage", `cannot read ${path}: ${reason}`]);
  }
});

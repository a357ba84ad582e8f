import { assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { openResultsFile } from "../../lib/batch/results_file.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { failedResult, taskResult } from "../support/task_results.ts";

Deno.test("the history of a results file is known when it is opened again", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/results.jsonl`;
  {
    await using results = await openResultsFile(path);
    await results.append(failedResult("a", { cost_usd: 0.5 }));
    await results.append(taskResult("a", { execution: 2, cost_usd: 0.25 }));
    await results.append(failedResult("__proto__", { cost_usd: null }));
  }
  await using results = await openResultsFile(path);
  const { history } = results;
  assertEquals(["a", "__proto__", "b"].map((id) => history.executions(id)), [2, 1, 0]);
  assertEquals(["a", "__proto__", "b"].map((id) => history.hasSucceeded(id)), [true, false, false]);
  assertEquals([history.costUsd, history.knownCostUsd], [null, 0.75]);
});

import { assert, assertEquals } from "@std/assert";
import { parseResult } from "../../../lib/batch/results/parse_result.ts";
import { resultsSchema } from "../../../lib/batch/schema.ts";
import { asArray, asObject, asString } from "../../support/json.ts";
import { failedResult, taskResult } from "../../support/task_results.ts";

Deno.test("parseResult returns what was written", () => {
  const results = [
    taskResult("a"),
    taskResult("b", { turns: null, cost_usd: null, usage: null, structured_output: [1] }),
    taskResult("c", {
      branch: "ccrun/c-0123456789",
      worktree: "/worktrees/c-0123456789",
      changes: { files: 1, insertions: 2, deletions: 3, untracked: 4, commits: 5 },
    }),
    failedResult("d", { reason: "quota", resets_at: "2026-11-27T05:00:00Z", resume: "ccrun" }),
    { ...taskResult("e"), later: "a field of a later version" },
  ];
  for (const result of results) assertEquals(parseResult(JSON.stringify(result)), result);
});

const { properties, required } = resultsSchema();

Deno.test("parseResult checks the type of each field of the schema", () => {
  const result = taskResult("a");
  // A structured output can be anything.
  const { structured_output: _, ...typed } = asObject(properties);
  for (const name of Object.keys(typed)) {
    assertEquals(parseResult(JSON.stringify({ ...result, [name]: [] })), undefined, name);
  }
  assert(parseResult(JSON.stringify({ ...result, structured_output: [] })) !== undefined);
});

Deno.test("parseResult rejects results with a field that is missing or not plausible", () => {
  const result = taskResult("a");
  for (const name of asArray(required).map(asString)) {
    assertEquals(parseResult(JSON.stringify({ ...result, [name]: undefined })), undefined, name);
  }
  const wrong = [
    { id: "" },
    { id: 1 },
    { execution: 0 },
    { execution: 1.5 },
    { exit: 1 },
    { exit: "0" },
    { reason: "api" },
    { exit: undefined, reason: "toString" },
    { cost_usd: -1 },
    { cost_usd: "0.1" },
    { usage: {} },
    { usage: { ...result.usage, output: -1 } },
    { started_at: "yesterday" },
    { ended_at: 0 },
    { duration_ms: -1 },
    { session_id: "--settings" },
    { answer: null },
    { error: "failed" },
    { error: { kind: "success", message: "" } },
    { error: { kind: "api" } },
    { changes: { files: 1 } },
    { branch: 1 },
  ];
  for (const fields of wrong) {
    const line = JSON.stringify({ ...result, ...fields });
    assertEquals(parseResult(line), undefined, JSON.stringify(fields));
  }
  for (const line of ["", "null", "[]", '"a"', "{}", "{"]) {
    assertEquals(parseResult(line), undefined);
  }
});

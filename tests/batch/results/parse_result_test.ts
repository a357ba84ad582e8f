import { assertEquals } from "@std/assert";
import { parseResult } from "../../../lib/batch/results/parse_result.ts";
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

Deno.test("parseResult rejects results with a field that is missing or not plausible", () => {
  const result = taskResult("a");
  const required = ["id", "execution", "exit", "reason", "turns", "cost_usd", "usage"]
    .concat("started_at", "ended_at", "duration_ms");
  for (const name of required) {
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

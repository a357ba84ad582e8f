import { assertEquals } from "@std/assert";
import {
  failedTask,
  failuresByReason,
  MAX_GROUP_IDS,
} from "../../../lib/batch/results/failure_table.ts";
import { failedResult } from "../../support/task_results.ts";

Deno.test("failuresByReason puts the most frequent reason first, and keeps the first ids", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const failures = [
    failedResult("x", { reason: "timeout" }),
    ...ids.map((id) => failedResult(id, { reason: "api" })),
    failedResult("y", { reason: "timeout" }),
  ].map(failedTask);
  assertEquals(failuresByReason(failures), [
    { reason: "api", count: 5, ids: ids.slice(0, MAX_GROUP_IDS), message: "no answer for a" },
    { reason: "timeout", count: 2, ids: ["x", "y"], message: "no answer for x" },
  ]);
  assertEquals(failuresByReason([]), []);
});

Deno.test("failedTask keeps the beginning of a message on one line, or the meaning of the reason", () => {
  const result = failedResult("a", { reason: "api", execution: 3 });
  const long = { kind: "api", message: `overloaded\n${"x".repeat(100_000)}` } as const;
  const { message, ...rest } = failedTask({ ...result, error: long });
  assertEquals([message.length < 1_000, message.startsWith("overloaded x")], [true, true]);
  assertEquals(rest, { id: "a", execution: 3, reason: "api" });
  const { error: _, ...unexplained } = result;
  assertEquals(
    failedTask(unexplained).message,
    "overloaded, bad request, unknown model, connection lost",
  );
});

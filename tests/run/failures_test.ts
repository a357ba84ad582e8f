import { assert, assertEquals } from "@std/assert";
import { readResult } from "../../lib/claude/result_event.ts";
import { createEventFactory } from "../../lib/events.ts";
import {
  explainMissingResult,
  explainRejectedCredential,
  explainResult,
  explainRetry,
} from "../../lib/run/failures.ts";

const stamp = createEventFactory(() => null);
const retry = stamp({
  type: "retry",
  attempt: 2,
  max_retries: 10,
  delay_ms: 1,
  reason: "overloaded",
});

Deno.test("explainResult names the option that raises a limit, and how to resume", () => {
  const json = { subtype: "error_max_turns", is_error: true, errors: ["2 turns"] };
  assertEquals(explainResult(stamp(readResult(json)), "s1"), {
    kind: "limit",
    message: "2 turns",
    hint: 'raise --max-turns; resume with: ccrun --resume s1 "..."',
  });
});

Deno.test("explainResult has no hint if there is nothing to do", () => {
  const json = { subtype: "error_during_execution", is_error: true, errors: ["no"], num_turns: 1 };
  assertEquals(explainResult(stamp(readResult(json)), "s1"), { kind: "failed", message: "no" });
});

Deno.test("explainRetry and explainRejectedCredential never suggest to resume", () => {
  for (const explain of [explainRetry, explainRejectedCredential]) {
    const { hint } = explain(retry);
    assert(hint !== undefined && !hint.includes("--resume"), hint);
  }
});

Deno.test("explainMissingResult suggests to resume only what started", () => {
  const exit = { code: 1, rawLines: "", sessionId: "s1" };
  const hintOf = (stderr: string) => explainMissingResult({ ...exit, stderr }).hint ?? "";
  assert(hintOf("text").includes("--resume s1"));
  assert(hintOf("").includes("--resume s1"));
  assert(!hintOf("--x cannot be used with root/sudo privileges").includes("--resume"));
});

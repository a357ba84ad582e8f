import { assertEquals } from "@std/assert";
import type { Failure } from "../../lib/errors.ts";
import type { FailureReason } from "../../lib/exit_codes.ts";
import { type OutcomeInput, resolveOutcome } from "../../lib/run/outcome.ts";

function failure(kind: FailureReason): Failure {
  return { kind, message: kind };
}

Deno.test("resolveOutcome returns undefined for a success", () => {
  assertEquals(resolveOutcome({}), undefined);
  assertEquals(resolveOutcome({ internal: undefined, failed: undefined }), undefined);
});

Deno.test("resolveOutcome ranks: internal, stopped, failed, missing output, denied", () => {
  const ranked: readonly OutcomeInput[] = [
    { internal: failure("internal") },
    { stopped: failure("terminate") },
    { failed: failure("api") },
    { missingOutput: failure("output") },
    { denied: failure("denied") },
  ];
  for (const [index, input] of ranked.entries()) {
    const [expected] = Object.values(input);
    const all = Object.assign({}, ...ranked.slice(index));
    assertEquals([resolveOutcome(input), resolveOutcome(all)], [expected, expected]);
  }
});

import { assertEquals } from "@std/assert";
import type { FailureCause } from "../../lib/claude/failures.ts";
import { joinHints, resumeHint, timeoutHint, withHintForCause } from "../../lib/run/hints.ts";

const RESUME = 'resume with: ccrun --resume s1 "..."';

Deno.test("withHintForCause adds a hint to a failure, and how to resume if that helps", () => {
  const rows: readonly [cause: FailureCause, sessionId?: string, hint?: string][] = [
    ["turns", undefined, "raise --max-turns"],
    ["turns", "s1", `raise --max-turns; ${RESUME}`],
    ["interrupted", undefined, undefined],
    ["interrupted", "s1", RESUME],
    ["credit", "s1", "add credit to the account, or use another key"],
    ["unexplained", undefined, "check whether a session works here: ccrun doctor"],
    ["unexplained", "s1", RESUME],
    ["agent_error", "s1", undefined],
  ];
  for (const [cause, sessionId, hint] of rows) {
    const failure = withHintForCause({ cause, message: "no" }, sessionId);
    assertEquals([failure.message, failure.hint], ["no", hint]);
  }
});

Deno.test("resumeHint needs a session", () => {
  assertEquals([resumeHint("s1"), resumeHint(undefined)], [RESUME, undefined]);
});

Deno.test("timeoutHint names the option, and ccrun doctor if claude produced no output", () => {
  assertEquals(timeoutHint("timeout", true), "raise --timeout");
  assertEquals(
    timeoutHint("idle timeout", false),
    "raise --idle-timeout, or find the cause with: ccrun doctor",
  );
});

Deno.test("joinHints joins the hints that are there", () => {
  assertEquals(joinHints("a", undefined, "b"), "a; b");
  assertEquals(joinHints(undefined), undefined);
});

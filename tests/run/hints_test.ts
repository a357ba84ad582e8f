import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ApiRoute } from "../../lib/claude/api_route.ts";
import type { BrokenConfig } from "../../lib/claude/broken_config.ts";
import type { FailureCause } from "../../lib/claude/failures.ts";
import {
  joinHints,
  resumeHint,
  timeoutHint,
  withHintForCause,
  withOwnCommand,
} from "../../lib/run/hints.ts";

const RESUME = 'resume with: ccrun --resume s1 "..."';

Deno.test("withHintForCause adds a hint to a failure, and how to resume the session", () => {
  const rows: readonly [cause: FailureCause, resume?: string, hint?: string][] = [
    ["turns", undefined, "raise --max-turns"],
    ["turns", "ccrun --resume s1", `raise --max-turns; ${RESUME}`],
    ["interrupted", undefined, undefined],
    ["interrupted", "ccrun --resume s1", RESUME],
    ["credit", "ccrun --resume s1", `add credit to the account, or use another key; ${RESUME}`],
    ["unexplained", undefined, "check whether a session works here: ccrun doctor"],
    ["agent_error", "ccrun --resume s1", RESUME],
    [
      "context_window",
      "ccrun --resume s1",
      "the conversation is too long: start a new session, or compact this one; " +
      "compact with: ccrun --resume s1 /compact",
    ],
  ];
  for (const [cause, resume, hint] of rows) {
    const failure = withHintForCause({ cause, message: "no" }, resume);
    assertEquals([failure.message, failure.hint], ["no", hint]);
  }
});

Deno.test("withHintForCause names the address and the proxy that may be the cause", () => {
  const address = "http://127.0.0.1:1";
  const proxy = { name: "HTTPS_PROXY", address: "http://p.test", hasScheme: true };
  const rows: readonly [cause: FailureCause, proxy: ApiRoute["proxy"], hint: string][] = [
    ["connection", undefined, `${address} can be reached: the network`],
    [
      "connection",
      proxy,
      `${address} can be reached through the proxy http://p.test (HTTPS_PROXY)`,
    ],
    ["unexplained", proxy, "ccrun doctor"],
    ["turns", proxy, "raise --max-turns"],
  ];
  for (const [cause, proxy, hint] of rows) {
    const route = { address, ...(proxy && { proxy }) };
    const failure = withHintForCause({ cause, message: "no" }, undefined, route);
    assertStringIncludes(failure.hint ?? "", hint);
  }
});

Deno.test("withHintForCause adds how to repair a configuration file", () => {
  const hintOf = (config: BrokenConfig) =>
    withHintForCause({ cause: "broken_config", message: "no", config }, undefined).hint;
  assertEquals(
    hintOf({ path: "/a b" }),
    "correct its JSON, or move it away: mv '/a b' '/a b.broken'",
  );
  assertEquals(
    hintOf({ path: "/a", backup: "/b" }),
    "correct its JSON, or restore the backup: cp /b /a",
  );
});

Deno.test("resumeHint needs a command", () => {
  assertEquals([resumeHint("ccrun --resume s1"), resumeHint(undefined)], [RESUME, undefined]);
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

Deno.test("withOwnCommand replaces the recorded command that continues the session", () => {
  const own = "ccrun --resume s1";
  const rows: readonly [hint: string | undefined, own: string | undefined, expected?: string][] = [
    [undefined, own, undefined],
    ["raise --timeout", own, "raise --timeout"],
    ['raise --timeout; resume with: x; y "..."', own, `raise --timeout; ${RESUME}`],
    ['resume with: x "..."', own, RESUME],
    ["start again; compact with: x /compact", own, `start again; compact with: ${own} /compact`],
    ["look; resume with: x", undefined, "look"],
    ["resume with: x", undefined, undefined],
  ];
  for (const [hint, command, expected] of rows) {
    assertEquals(withOwnCommand(hint, command), expected);
  }
});

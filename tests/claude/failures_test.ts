import { assert, assertEquals } from "@std/assert";
import {
  type FailureCause,
  isUsageLimitText,
  missingResultFailure,
  outputExcerpt,
  rejectedCredential,
  retryFailure,
  usageLimitReset,
} from "../../lib/claude/failures.ts";
import { createEventFactory } from "../../lib/events.ts";

const stamp = createEventFactory(() => null);

function retry(reason: string, http_status?: number) {
  const body = { attempt: 2, max_retries: 10, delay_ms: 1, reason };
  return stamp({ type: "retry", ...body, ...(http_status === undefined ? {} : { http_status }) });
}

Deno.test("retryFailure distinguishes a rejected credential from other API errors", () => {
  const causeOf = (...args: Parameters<typeof retry>) => {
    return retryFailure(retry(...args)).cause;
  };
  assertEquals(causeOf("overloaded", 529), "overloaded");
  assertEquals(causeOf("billing_error"), "credit");
  assertEquals(causeOf("unknown"), "connection");
  assertEquals(causeOf("unknown", 400), "api_error");
});

Deno.test("rejectedCredential names the error and the status", () => {
  const { cause, message } = rejectedCredential(retry("authentication_failed", 401));
  assertEquals(cause, "credential");
  assert(message.includes("authentication_failed (HTTP 401)"), message);
});

Deno.test("missingResultFailure knows why claude refuses to start", () => {
  const rows: readonly (readonly [FailureCause, string])[] = [
    ["root", "--dangerously-skip-permissions cannot be used with root/sudo privileges"],
    ["unknown_session", "No conversation found with session ID: s1"],
    ["unknown_option", "error: unknown option '--frobnicate'"],
    ["session_in_use", "Error: Session ID s1 is already in use."],
    ["invalid_session_id", 'Error: --resume requires a valid session ID or title ... "nonsense"'],
    ["invalid_choice", "error: argument 'x' is invalid. Allowed choices are a, b."],
  ];
  for (const [cause, stderr] of rows) {
    const failure = missingResultFailure({ code: 1, stderr, rawLines: "" });
    assertEquals(failure.cause, cause, stderr);
    assert(failure.message.includes(stderr.replace(/^error: /i, "")), failure.message);
  }
});

Deno.test("missingResultFailure takes linear time on hostile text", () => {
  for (const piece of ["argument ", "Session ID "]) {
    const failure = missingResultFailure({ code: 1, stderr: piece.repeat(400_000), rawLines: "" });
    assertEquals(failure.cause, "interrupted");
  }
});

Deno.test("missingResultFailure recognizes a rejected credential outside the stream", () => {
  const rows: readonly (readonly [FailureCause, string])[] = [
    ["credential", "Invalid API key · Fix external API key"],
    ["credential", "Not logged in · Please run /login"],
    ["credit", "Credit balance is too low"],
  ];
  for (const [cause, text] of rows) {
    for (const output of [{ stderr: text, rawLines: "" }, { stderr: "", rawLines: text }]) {
      assertEquals(missingResultFailure({ code: 1, ...output }).cause, cause, text);
    }
  }
});

Deno.test("missingResultFailure names the exit code or the signal, and repeats the end of stderr", () => {
  const failed = (exit: { code?: number; signal?: string; stderr?: string; rawLines?: string }) =>
    missingResultFailure({ stderr: "", rawLines: "", ...exit });
  assertEquals(failed({ code: 3 }).cause, "unexplained");
  assert(failed({ code: 3 }).message.includes("exit code 3"));
  assert(failed({ code: 3, stderr: "one\ntwo\n" }).message.endsWith(": one two"));
  assert(failed({ code: 3, rawLines: "raw" }).message.endsWith(": raw"));
  assert(!failed({ code: 3, stderr: "text", rawLines: "raw" }).message.includes("raw"));
  assertEquals(failed({ signal: "SIGKILL" }).cause, "killed");
  assertEquals(failed({ signal: "SIGSEGV" }).cause, "interrupted");
  assert(
    failed({ signal: "SIGKILL", stderr: "text" }).message.endsWith(
      "SIGKILL without a result: text",
    ),
  );
});

Deno.test("missingResultFailure reports a result that is cut off, whatever its text is about", () => {
  const cut = '{"type":"result","subtype":"success","is_error":false,"result":"Invalid API key';
  for (const rawLines of [cut, `a warning\n${cut}`]) {
    const run = missingResultFailure({ code: 0, stderr: "", rawLines });
    const message = "claude exited without a result (exit code 0): its last line is cut off";
    assertEquals(run, { cause: "interrupted", message });
    const replay = missingResultFailure({ stderr: "", rawLines });
    assertEquals(replay, {
      cause: "incomplete_recording",
      message: "the recording ends without a result: its last line is cut off",
    });
  }
});

Deno.test("missingResultFailure mentions no exit code in a replay", () => {
  const { cause, message } = missingResultFailure({ stderr: "", rawLines: "" });
  assertEquals(cause, "incomplete_recording");
  assert(!message.includes("exit code"), message);
});

Deno.test("outputExcerpt returns the end of a long text", () => {
  const excerpt = outputExcerpt(`begin ${"x".repeat(10_000)} end\n`);
  assert(excerpt.endsWith("xxx end"));
  assert(excerpt.length < 500);
  assertEquals(outputExcerpt("one\ntwo\n"), "one two");
});

Deno.test("isUsageLimitText knows the wordings of all versions", () => {
  const limits = [
    "Claude AI usage limit reached|1749924000",
    "Claude usage limit reached. Your limit will reset at 3pm (UTC).",
    "5-hour limit reached ∙ resets 3pm",
    "Weekly limit reached ∙ resets Oct 9 at 5pm",
    "Opus weekly limit reached ∙ resets Oct 9 at 5pm",
    "You've hit your limit · resets 3pm (Europe/Berlin)",
    "You've hit your session limit · resets 3pm",
    "You're out of extra usage · resets 3pm",
    "Session limit reached ∙ resets 3pm",
    "Opus limit reached",
    "You’ve hit your weekly limit · resets Oct 9 at 5pm",
    "You've hit your org's monthly usage limit",
    "You've hit your monthly spend limit · ask your admin to raise it",
    "You've reached your Opus 4.8 limit.",
    "You're out of usage credits · /usage-credits to buy more",
    "Your org is out of usage · contact your admin",
    "Your organization is out of usage credits. Contact your admin to add more.",
  ];
  for (const text of limits) assert(isUsageLimitText(text), text);
  const others = [
    "I see that the usage limit reached 5",
    "The limit is 5.",
    "API Error: 429",
    "API Error: Rate limit reached",
    "Context limit reached · /compact or /clear to continue",
    "",
  ];
  for (const text of others) assert(!isUsageLimitText(text), text);
});

Deno.test("usageLimitReset reads the time of old versions", () => {
  assertEquals(
    usageLimitReset("Claude AI usage limit reached|1749924000"),
    "2025-06-14T18:00:00.000Z",
  );
  assertEquals(usageLimitReset("5-hour limit reached ∙ resets 3pm"), undefined);
  assertEquals(usageLimitReset("Claude AI usage limit reached|99999999999"), undefined);
});

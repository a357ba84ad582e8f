import { assertEquals, assertInstanceOf } from "@std/assert";
import { CcrunError, type Failure } from "../../lib/errors.ts";
import {
  type EndingSignal,
  EXIT_CODES,
  EXIT_REASONS,
  FAILURE_REASONS,
  type FailureReason,
  SIGNAL_REASONS,
} from "../../lib/exit_codes.ts";
import { type OutcomeInput, resolveOutcome } from "../../lib/run/outcome.ts";

Deno.test("EXIT_CODES is what scripts rely on", () => {
  assertEquals(EXIT_CODES, {
    success: 0,
    failed: 1,
    usage: 2,
    auth: 3,
    api: 4,
    limit: 5,
    output: 6,
    denied: 7,
    internal: 70,
    timeout: 124,
    not_executable: 126,
    not_found: 127,
    hangup: 129,
    interrupt: 130,
    quit: 131,
    pipe: 141,
    terminate: 143,
  });
});

Deno.test("no two reasons have one exit code", () => {
  assertEquals(new Set(Object.values(EXIT_CODES)).size, EXIT_REASONS.length);
  assertEquals([...EXIT_REASONS].filter((reason) => reason !== "success"), [...FAILURE_REASONS]);
});

Deno.test("a signal's exit code is 128 and its number, as shells have it", () => {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
  const codes = Object.entries(SIGNAL_REASONS).map(([signal, reason]) => [
    signal,
    EXIT_CODES[reason] - 128,
  ]);
  assertEquals(Object.fromEntries(codes), numbers);
});

Deno.test("CcrunError carries what happened, what to do and the exit code", () => {
  const cause = new Error("inside");
  const error = new CcrunError("not_found", "no claude", "install it", { cause });
  assertInstanceOf(error, Error);
  const { name, kind, message, hint, exitCode } = error;
  assertEquals([name, kind, message, hint, exitCode, error.cause], [
    "CcrunError",
    "not_found",
    "no claude",
    "install it",
    127,
    cause,
  ]);
  assertEquals(new CcrunError("usage", "no").hint, undefined);
});

function failure(kind: FailureReason): Failure {
  return { kind, message: kind };
}

/** The reason that comes of it. */
function decided(ending: OutcomeInput): string {
  return resolveOutcome(ending)?.kind ?? "success";
}

function stopped(kind: FailureReason, afterResult = false): OutcomeInput {
  const signals = Object.keys(SIGNAL_REASONS) as EndingSignal[];
  const signal = signals.find((name) => SIGNAL_REASONS[name] === kind);
  return { stopped: { cause: { failure: failure(kind), signal }, afterResult } };
}

Deno.test("decide finds a success where nothing is wrong", () => {
  assertEquals(resolveOutcome({}), undefined);
  assertEquals(
    resolveOutcome({ internal: undefined, stopped: undefined, failed: undefined }),
    undefined,
  );
});

Deno.test("decide takes the first of: a fault of ccrun's, a stop, a failure, no output, a refusal", () => {
  const order: readonly [reason: string, ending: OutcomeInput][] = [
    ["internal", { internal: failure("internal") }],
    ["terminate", stopped("terminate")],
    ["api", { failed: failure("api") }],
    ["output", { missingOutput: failure("output") }],
    ["denied", { denied: failure("denied") }],
  ];
  for (const [index, [reason, ending]] of order.entries()) {
    assertEquals(decided(ending), reason);
    const all = Object.assign({}, ...order.slice(index).map(([, later]) => later));
    assertEquals(decided(all), reason);
  }
});

Deno.test("decide takes a stop before the last result for the outcome, whatever claude says after it", () => {
  for (const kind of ["pipe", "timeout", "auth", "interrupt"] as const) {
    assertEquals(decided(stopped(kind)), kind);
    assertEquals(decided({ ...stopped(kind), failed: failure("failed") }), kind);
  }
});

Deno.test("decide lets only a signal change the outcome after the last result", () => {
  for (const kind of ["pipe", "timeout", "auth"] as const) {
    assertEquals(decided(stopped(kind, true)), "success");
    assertEquals(decided({ ...stopped(kind, true), failed: failure("limit") }), "limit");
  }
  for (const kind of Object.values(SIGNAL_REASONS)) {
    assertEquals(decided(stopped(kind, true)), kind);
  }
  const byCaller = { cause: { failure: failure("interrupt") }, afterResult: true };
  assertEquals(decided({ stopped: byCaller }), "success");
});

Deno.test("decide gives the failure as it is", () => {
  const failed: Failure = { kind: "api", message: "overloaded", hint: "later" };
  assertEquals(resolveOutcome({ failed }), failed);
});

import { assertEquals } from "@std/assert";
import type { FailureReason, StopSignal } from "../../lib/exit_codes.ts";
import { failureOfStop, rankStop, type RunPhase, type Stop } from "../../lib/run/stop_policy.ts";
import type { StopReason } from "../../lib/run/stop_reason.ts";

function reason(kind: FailureReason, signal?: StopSignal): StopReason {
  return { failure: { kind, message: kind }, signal };
}

const TIMEOUT = reason("timeout");
const AUTH = reason("auth");
const PIPE = reason("pipe");
const CALLER = reason("interrupt");
const SIGINT = reason("interrupt", "SIGINT");
const SIGTERM = reason("terminate", "SIGTERM");

/** Returns the kind of failure that a run ends with after these stops. */
function outcomeOf(...stops: readonly (readonly [StopReason, RunPhase])[]): string {
  let stop: Stop | undefined;
  for (const [reason, phase] of stops) stop = rankStop(stop, reason, phase);
  return failureOfStop(stop)?.kind ?? "success";
}

Deno.test("rankStop lets the first reason win before the last result", () => {
  const rows: readonly (readonly [StopReason, StopReason, FailureReason])[] = [
    [TIMEOUT, SIGINT, "timeout"],
    [AUTH, CALLER, "auth"],
    [PIPE, TIMEOUT, "pipe"],
    [SIGTERM, SIGINT, "terminate"],
    [CALLER, SIGTERM, "interrupt"],
  ];
  for (const phase of ["preparing", "working"] as const) {
    for (const [first, second, kind] of rows) {
      assertEquals(outcomeOf([first, phase], [second, phase]), kind);
      assertEquals(outcomeOf([first, phase], [second, "exited"]), kind);
    }
  }
});

Deno.test("rankStop lets only a signal change the outcome after the last result", () => {
  for (const first of [TIMEOUT, AUTH, PIPE, CALLER]) {
    assertEquals(outcomeOf([first, "idle"]), "success");
    assertEquals(outcomeOf([first, "idle"], [PIPE, "exited"]), "success");
    assertEquals(outcomeOf([first, "idle"], [SIGTERM, "idle"]), "terminate");
    assertEquals(outcomeOf([first, "idle"], [SIGTERM, "exited"], [SIGINT, "exited"]), "terminate");
  }
  assertEquals(outcomeOf([SIGINT, "idle"], [SIGTERM, "idle"]), "interrupt");
});

Deno.test("rankStop accepts only a signal after the exit", () => {
  assertEquals(rankStop(undefined, TIMEOUT, "exited"), undefined);
  assertEquals(outcomeOf([SIGINT, "exited"]), "interrupt");
});

Deno.test("rankStop returns the current stop unchanged when the new reason does not count", () => {
  const stop = rankStop(undefined, TIMEOUT, "working");
  assertEquals(rankStop(stop, SIGINT, "working") === stop, true);
});

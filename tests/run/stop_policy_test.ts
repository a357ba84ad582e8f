import { assertEquals } from "@std/assert";
import type { FailureReason, StopSignal } from "../../lib/exit_codes.ts";
import { nextStop, type RunPhase, type Stop, type StopCause } from "../../lib/run/stop_policy.ts";

function cause(kind: FailureReason, signal?: StopSignal): StopCause {
  return { failure: { kind, message: kind }, signal };
}

const TIMEOUT = cause("timeout");
const AUTH = cause("auth");
const PIPE = cause("pipe");
const CALLER = cause("interrupt");
const SIGINT = cause("interrupt", "SIGINT");
const SIGTERM = cause("terminate", "SIGTERM");
const INTERNAL: StopCause = { ...cause("internal"), ccrunFailed: true };

/** Returns the kind of failure that a run ends with after these stops. */
function outcomeOf(...stops: readonly (readonly [StopCause, RunPhase])[]): string {
  let stop: Stop | undefined;
  for (const [cause, phase] of stops) stop = nextStop(stop, cause, phase);
  return stop?.failure?.kind ?? "success";
}

Deno.test("nextStop lets the first cause win before the last result", () => {
  const rows: readonly (readonly [StopCause, StopCause, FailureReason])[] = [
    [TIMEOUT, SIGINT, "timeout"],
    [AUTH, CALLER, "auth"],
    [PIPE, TIMEOUT, "pipe"],
    [SIGTERM, SIGINT, "terminate"],
    [CALLER, SIGTERM, "interrupt"],
    [SIGINT, INTERNAL, "interrupt"],
    [INTERNAL, SIGINT, "internal"],
  ];
  for (const phase of ["preparing", "working"] as const) {
    for (const [first, second, kind] of rows) {
      assertEquals(outcomeOf([first, phase], [second, phase]), kind);
      assertEquals(outcomeOf([first, phase], [second, "exited"]), kind);
    }
  }
});

Deno.test("nextStop lets only a signal or a failure in ccrun change the outcome after the last result", () => {
  for (const first of [TIMEOUT, AUTH, PIPE, CALLER]) {
    assertEquals(outcomeOf([first, "idle"]), "success");
    assertEquals(outcomeOf([first, "idle"], [PIPE, "exited"]), "success");
    assertEquals(outcomeOf([first, "idle"], [SIGTERM, "idle"]), "terminate");
    assertEquals(outcomeOf([first, "idle"], [SIGTERM, "exited"], [SIGINT, "exited"]), "terminate");
    assertEquals(outcomeOf([first, "idle"], [INTERNAL, "idle"]), "internal");
  }
  assertEquals(outcomeOf([SIGINT, "idle"], [SIGTERM, "idle"]), "interrupt");
});

Deno.test("nextStop accepts only a signal or a failure in ccrun after the exit", () => {
  assertEquals(nextStop(undefined, TIMEOUT, "exited"), undefined);
  assertEquals(outcomeOf([SIGINT, "exited"]), "interrupt");
  assertEquals(outcomeOf([INTERNAL, "exited"]), "internal");
});

Deno.test("nextStop returns the current stop unchanged when the new cause does not count", () => {
  const stop = nextStop(undefined, TIMEOUT, "working");
  assertEquals(nextStop(stop, SIGINT, "working") === stop, true);
});

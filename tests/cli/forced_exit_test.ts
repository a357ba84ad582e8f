import { assertEquals } from "@std/assert";
import { ForcedExitTimer } from "../../lib/cli/forced_exit.ts";
import { SignalError } from "../../lib/cli/signals.ts";
import type { StopReason } from "../../lib/run/stop_reason.ts";

const TERMINATE: StopReason = { failure: new SignalError("SIGTERM"), signal: "SIGTERM" };
const TIMEOUT: StopReason = { failure: { kind: "timeout", message: "timeout of 1s reached" } };

/** Longer than any test. */
const LONG_MS = 60_000;

/** Creates a timer for a fake signal handler, whose `exited` resolves with the exit code. */
function startTimer({ graceMs = 1, stopped }: { graceMs?: number; stopped?: StopReason } = {}) {
  const abort = new AbortController();
  if (stopped !== undefined) abort.abort(stopped);
  const { promise: exited, resolve: exitNow } = Promise.withResolvers<number>();
  const signals = { abortSignal: abort.signal, exitNow };
  const timer = new ForcedExitTimer({ signals, graceMs, finalOutputMs: 1 });
  return { timer, exited, abort, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

Deno.test("ForcedExitTimer exits after the grace period, with the code of the first reason", async () => {
  using signaled = startTimer();
  signaled.abort.abort(TERMINATE);
  assertEquals(await signaled.exited, 143);

  using stoppedBefore = startTimer({ stopped: TERMINATE });
  assertEquals(await stoppedBefore.exited, 143);

  using timedOut = startTimer();
  timedOut.timer.arm(TIMEOUT);
  timedOut.abort.abort(TERMINATE);
  assertEquals(await timedOut.exited, 124);
});

Deno.test("ForcedExitTimer does not wait for the grace period after endGracePeriod", async () => {
  using killed = startTimer({ graceMs: LONG_MS });
  killed.timer.arm(TERMINATE);
  killed.timer.endGracePeriod();
  assertEquals(await killed.exited, 143);
});

Deno.test("ForcedExitTimer does not exit while it is paused", async () => {
  using paused = startTimer();
  using running = startTimer({ graceMs: 50 });
  paused.timer.pause();
  paused.timer.arm(TERMINATE);
  running.timer.arm(TERMINATE);
  const first = await Promise.race([
    paused.exited.then(() => "paused"),
    running.exited.then(() => "running"),
  ]);
  assertEquals(first, "running");
  paused.timer.resume();
  assertEquals(await paused.exited, 143);
});

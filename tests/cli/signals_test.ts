import { assertEquals } from "@std/assert";
import { createForcedExitTimer, SignalError } from "../../lib/cli/signals.ts";
import type { StopReason } from "../../lib/run/stop_reason.ts";

const TERMINATE: StopReason = { failure: new SignalError("SIGTERM"), signal: "SIGTERM" };
const TIMEOUT: StopReason = { failure: { kind: "timeout", message: "timeout of 1s reached" } };

/** Longer than any test. */
const LONG_MS = 60_000;

/** Creates a fake signal handler, whose `exited` resolves with the exit code. */
function fakeSignals() {
  const abort = new AbortController();
  const exited = Promise.withResolvers<number>();
  return {
    abortSignal: abort.signal,
    exitNow: exited.resolve,
    abort: (reason: StopReason) => abort.abort(reason),
    exited: exited.promise,
  };
}

Deno.test("createForcedExitTimer exits with the code of the first signal after the grace period", async () => {
  const signals = fakeSignals();
  using _timer = disposable(createForcedExitTimer(signals, 1, 1));
  signals.abort(TERMINATE);
  assertEquals(await signals.exited, 143);
});

Deno.test("createForcedExitTimer is armed at once if the command is stopped already", async () => {
  const signals = fakeSignals();
  signals.abort(TERMINATE);
  using _timer = disposable(createForcedExitTimer(signals, 1, 1));
  assertEquals(await signals.exited, 143);
});

Deno.test("createForcedExitTimer exits with the code of the reason that armed it", async () => {
  const signals = fakeSignals();
  using timer = disposable(createForcedExitTimer(signals, 1, 1));
  timer.arm(TIMEOUT);
  assertEquals(await signals.exited, 124);
});

Deno.test("createForcedExitTimer does not wait for the grace period after expireNow", async () => {
  const signals = fakeSignals();
  using timer = disposable(createForcedExitTimer(signals, LONG_MS, 1));
  timer.arm(TERMINATE);
  timer.expireNow();
  assertEquals(await signals.exited, 143);
});

Deno.test("createForcedExitTimer does not exit while it is paused", async () => {
  const paused = fakeSignals();
  const running = fakeSignals();
  using pausedTimer = disposable(createForcedExitTimer(paused, 1, 1));
  using runningTimer = disposable(createForcedExitTimer(running, 50, 1));
  pausedTimer.pause();
  pausedTimer.arm(TERMINATE);
  runningTimer.arm(TERMINATE);
  const first = await Promise.race([
    paused.exited.then(() => "paused"),
    running.exited.then(() => "running"),
  ]);
  assertEquals(first, "running");
  pausedTimer.resume();
  assertEquals(await paused.exited, 143);
});

/** Clears a timer at the end of a test. */
function disposable<T extends { clear(): void }>(timer: T): T & Disposable {
  return { ...timer, [Symbol.dispose]: () => timer.clear() };
}

import { assert, assertEquals } from "@std/assert";
import type { PausableClock } from "../../lib/util/clock.ts";
import { createDeadline, type DeadlineOptions } from "../../lib/util/deadline.ts";
import { waitFor } from "../support/wait_for.ts";

const DAY = 24 * 3_600_000;

/** Time that passes only on request, for a clock and for all timers. Disposing of it restores them. */
interface FakeTime extends Disposable {
  readonly clock: PausableClock;
  pass(ms: number): void;
  /** Returns the number of pending timers. */
  timers(): number;
}

function startFakeTime(): FakeTime {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, { at: number; action: () => void }>();
  let time = 0;
  let lastId = 0;
  let pausedAt: number | undefined;
  let pausedMs = 0;
  const set = (action: () => void, ms: number) => {
    assert(ms > 0 && ms <= 2 ** 31 - 1, `a timer of ${ms} ms`);
    timers.set(++lastId, { at: time + ms, action });
    return lastId;
  };
  globalThis.setTimeout = set as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => void timers.delete(id)) as typeof clearTimeout;
  const fireUntil = (end: number) => {
    for (;;) {
      const [id, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (id === undefined || next === undefined || next.at > end) return;
      timers.delete(id);
      time = next.at;
      next.action();
    }
  };
  return {
    clock: {
      now: () => (pausedAt ?? time) - pausedMs,
      get isPaused() {
        return pausedAt !== undefined;
      },
      pause: () => void (pausedAt ??= time),
      resume() {
        if (pausedAt !== undefined) pausedMs += time - pausedAt;
        pausedAt = undefined;
      },
    },
    pass(ms) {
      const end = time + ms;
      fireUntil(end);
      time = end;
    },
    timers: () => timers.size,
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}

/** Creates a deadline of a second, and counts how often it is reached. */
function startDeadline(time: FakeTime, options: Partial<DeadlineOptions> = {}) {
  const deadline = {
    reached: 0,
    ...createDeadline({
      ms: 1000,
      clock: time.clock,
      onReached: () => deadline.reached++,
      ...options,
    }),
  };
  return deadline;
}

Deno.test("createDeadline calls onReached once", () => {
  using time = startFakeTime();
  const deadline = startDeadline(time);
  time.pass(999);
  assertEquals(deadline.reached, 0);
  time.pass(1);
  assertEquals(deadline.reached, 1);
  time.pass(DAY);
  assertEquals([deadline.reached, time.timers()], [1, 0]);
});

Deno.test("Deadline.reset restarts the deadline without a new timer", () => {
  using time = startFakeTime();
  const deadline = startDeadline(time);
  for (let i = 0; i < 50; i++) {
    time.pass(900);
    deadline.reset();
    assertEquals([deadline.reached, time.timers()], [0, 1]);
  }
  time.pass(999);
  assertEquals(deadline.reached, 0);
  time.pass(1);
  assertEquals(deadline.reached, 1);
});

Deno.test("Deadline.reset keeps the extra time of an earlier call", () => {
  using time = startFakeTime();
  const deadline = startDeadline(time);
  deadline.reset(5000);
  time.pass(3000);
  deadline.reset();
  time.pass(2999);
  assertEquals(deadline.reached, 0);
  time.pass(1);
  assertEquals(deadline.reached, 1);
});

Deno.test("Deadline.clear cancels the deadline", () => {
  using time = startFakeTime();
  const deadline = startDeadline(time);
  time.pass(500);
  deadline.clear();
  time.pass(DAY);
  assertEquals([deadline.reached, time.timers()], [0, 0]);
});

Deno.test("createDeadline does not count the time in which its clock is paused", () => {
  using time = startFakeTime();
  const deadline = startDeadline(time);
  time.pass(600);
  time.clock.pause();
  time.pass(DAY);
  assertEquals(deadline.reached, 0);
  time.clock.resume();
  time.pass(399);
  assertEquals(deadline.reached, 0);
  time.pass(100);
  assertEquals(deadline.reached, 1);
});

Deno.test("createDeadline restarts a deadline that is suspended when it would be reached", () => {
  using time = startFakeTime();
  let isBusy = true;
  const deadline = startDeadline(time, { shouldRestart: () => isBusy });
  time.pass(DAY + 500);
  assertEquals([deadline.reached, time.timers()], [0, 1]);
  isBusy = false;
  time.pass(400);
  assertEquals(deadline.reached, 0);
  time.pass(700);
  assertEquals(deadline.reached, 1);
});

Deno.test("createDeadline accepts more time than a timer, and none", () => {
  using time = startFakeTime();
  for (const ms of [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 999 * DAY]) {
    const deadline = startDeadline(time, { ms });
    time.pass(Math.max(0, ms - 1));
    assertEquals(deadline.reached, 0, String(ms));
    time.pass(1);
    assertEquals(deadline.reached, 1, String(ms));
  }
});

Deno.test("createDeadline measures real time without a clock", async () => {
  const startedAt = performance.now();
  let reached = 0;
  createDeadline({ ms: 50, onReached: () => reached++ });
  const far = createDeadline({ ms: 2 ** 40, onReached: () => reached += 10 });
  assert(await waitFor(() => reached > 0, 60_000));
  assert(performance.now() - startedAt >= 50);
  assertEquals(reached, 1);
  far.clear();
});

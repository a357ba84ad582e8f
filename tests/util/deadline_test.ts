import { assert, assertEquals } from "@std/assert";
import { createPausableClock, type PausableClock } from "../../lib/util/clock.ts";
import { createDeadline } from "../../lib/util/deadline.ts";
import { waitFor } from "../support/wait_for.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Time that passes only when a test says so, for timers and a clock. Disposing of it ends that. */
interface HandTime extends Disposable {
  readonly clock: PausableClock;
  /** Lets time pass, and timers go off. */
  pass(ms: number): void;
  /** Lets time pass without a timer going off until the end: the program was stopped. */
  jump(ms: number): void;
  /** How many timers there are. */
  timers(): number;
}

function takeTime(): HandTime {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, { at: number; action: () => void }>();
  let time = 0;
  let ids = 0;
  let stoppedAt: number | undefined;
  let standing = 0;
  const set = (action: () => void, ms: number) => {
    // The host would let a longer one go off at once.
    assert(ms > 0 && ms <= 2 ** 31 - 1, `a timer of ${ms} ms`);
    timers.set(++ids, { at: time + ms, action });
    return ids;
  };
  globalThis.setTimeout = set as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => void timers.delete(id)) as typeof clearTimeout;
  const goOff = (until: number) => {
    for (;;) {
      const [id, next] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (id === undefined || next === undefined || next.at > until) return;
      timers.delete(id);
      time = Math.max(time, next.at);
      next.action();
    }
  };
  return {
    clock: {
      now: () => (stoppedAt ?? time) - standing,
      get isPaused() {
        return stoppedAt !== undefined;
      },
      pause: () => void (stoppedAt ??= time),
      resume() {
        if (stoppedAt !== undefined) standing += time - stoppedAt;
        stoppedAt = undefined;
      },
    },
    pass(ms) {
      const until = time + ms;
      goOff(until);
      time = until;
    },
    jump(ms) {
      time += ms;
      goOff(time);
    },
    timers: () => timers.size,
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}

Deno.test("a deadline is reached once, when its time is over", () => {
  using time = takeTime();
  let count = 0;
  createDeadline({ ms: 1000, clock: time.clock, onReached: () => count++ });
  time.pass(999);
  assertEquals(count, 0);
  // And the second look.
  time.pass(50);
  assertEquals(count, 1);
  time.pass(HOUR);
  assertEquals([count, time.timers()], [1, 0]);
});

Deno.test("a deadline begins anew whenever it is touched, for the price of no timer", () => {
  using time = takeTime();
  let count = 0;
  const { reset: touch } = createDeadline({
    ms: 1000,
    clock: time.clock,
    onReached: () => count++,
  });
  for (let i = 0; i < 50; i++) {
    time.pass(900);
    touch();
    assertEquals([count, time.timers()], [0, 1]);
  }
  time.pass(999);
  assertEquals(count, 0);
  time.pass(50);
  assertEquals(count, 1);
});

Deno.test("a deadline that is touched ahead waits until then, whatever touches it in the meantime", () => {
  using time = takeTime();
  let count = 0;
  const { reset: touch } = createDeadline({
    ms: 1000,
    clock: time.clock,
    onReached: () => count++,
  });
  touch(5000);
  time.pass(3000);
  touch();
  time.pass(2999);
  assertEquals(count, 0);
  time.pass(50);
  assertEquals(count, 1);
});

Deno.test("a deadline that is cleared is never reached", () => {
  using time = takeTime();
  let count = 0;
  const { clear } = createDeadline({ ms: 1000, clock: time.clock, onReached: () => count++ });
  time.pass(500);
  clear();
  time.pass(DAY);
  assertEquals([count, time.timers()], [0, 0]);
  // Also between its two looks.
  const other = createDeadline({ ms: 1000, clock: time.clock, onReached: () => count++ });
  time.pass(1001);
  other.clear();
  time.pass(DAY);
  assertEquals([count, time.timers()], [0, 0]);
});

Deno.test("a deadline gives a second look to who finds only then what had come", () => {
  using time = takeTime();
  let count = 0;
  const { reset: touch } = createDeadline({
    ms: 1000,
    clock: time.clock,
    onReached: () => count++,
  });
  // The program was stopped for an hour; what came in it is read after the timer.
  time.jump(HOUR);
  assertEquals(count, 0);
  touch();
  time.pass(999);
  assertEquals(count, 0);
  time.jump(HOUR);
  // Nothing came.
  time.pass(50);
  assertEquals(count, 1);
});

Deno.test("a deadline does not count the time in which its clock stands", () => {
  using time = takeTime();
  let count = 0;
  createDeadline({ ms: 1000, clock: time.clock, onReached: () => count++ });
  time.pass(600);
  time.clock.pause();
  time.pass(DAY);
  assertEquals(count, 0);
  time.clock.resume();
  time.pass(399);
  assertEquals(count, 0);
  time.pass(50);
  assertEquals(count, 1);
});

Deno.test("a deadline begins anew where it is excused when it would be reached", () => {
  using time = takeTime();
  let count = 0;
  let isSuspended = true;
  const options = { ms: 1000, clock: time.clock, isSuspended: () => isSuspended };
  createDeadline({ ...options, onReached: () => count++ });
  time.pass(DAY + 500);
  assertEquals([count, time.timers()], [0, 1]);
  isSuspended = false;
  time.pass(400);
  assertEquals(count, 0);
  time.pass(700);
  assertEquals(count, 1);
});

Deno.test("a deadline may be farther away than a timer reaches", () => {
  using time = takeTime();
  for (const ms of [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 999 * DAY]) {
    let count = 0;
    createDeadline({ ms, clock: time.clock, onReached: () => count++ });
    time.pass(ms - 1);
    assertEquals(count, 0, String(ms));
    time.pass(50);
    assertEquals(count, 1, String(ms));
  }
});

Deno.test("a deadline of no time at all is reached, soon", () => {
  using time = takeTime();
  let count = 0;
  createDeadline({ ms: 0, clock: time.clock, onReached: () => count++ });
  assertEquals(count, 0);
  time.pass(100);
  assertEquals(count, 1);
});

Deno.test("a deadline keeps to the clock of the machine", async () => {
  const began = performance.now();
  let count = 0;
  createDeadline({ ms: 50, clock: createPausableClock(), onReached: () => count++ });
  const far = createDeadline({
    ms: 2 ** 40,
    clock: createPausableClock(),
    onReached: () => count += 10,
  });
  assert(await waitFor(() => count > 0, 60_000));
  assert(performance.now() - began >= 50);
  assertEquals(count, 1);
  far.clear();
});

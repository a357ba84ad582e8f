import { assert, assertEquals } from "@std/assert";
import { WallClockWait } from "../../lib/util/wall_clock_wait.ts";

const HOUR = 3_600_000;
const NEVER = new AbortController().signal;

/** A computer whose time passes only while it sleeps. */
class FakeComputer {
  wallClockMs = 1_000_000_000;
  clockMs = 0;
  /** Called before each sleep. */
  beforeSleep = (_slept: number) => {};
  #slept = 0;

  startWait(ms: number): WallClockWait {
    return new WallClockWait({
      until: this.wallClockMs + ms,
      wallClock: () => this.wallClockMs,
      clock: () => this.clockMs,
      sleep: (ms) => {
        this.beforeSleep(this.#slept);
        this.#slept += ms;
        this.wallClockMs += ms;
        this.clockMs += ms;
        return Promise.resolve();
      },
    });
  }
}

Deno.test("a wait is over when its time of day is reached", async () => {
  const computer = new FakeComputer();
  const wait = computer.startWait(5 * HOUR);
  assertEquals(await wait.waitFor(HOUR, NEVER), false);
  assertEquals([computer.clockMs, wait.remainingMs], [HOUR, 4 * HOUR]);
  assertEquals(await wait.waitFor(10 * HOUR, NEVER), true);
  assertEquals(computer.clockMs, 5 * HOUR);
  assertEquals(await wait.waitFor(1, NEVER), true);
});

Deno.test("a wait is over soon after a computer was suspended beyond its end", async () => {
  const computer = new FakeComputer();
  computer.beforeSleep = (slept) => {
    if (slept === 10_000) computer.wallClockMs += 8 * HOUR;
  };
  assertEquals(await computer.startWait(5 * HOUR).waitFor(5 * HOUR, NEVER), true);
  assert(computer.clockMs < 60_000, `${computer.clockMs} ms`);
});

Deno.test("a wait does not last longer if the time of day is set back", async () => {
  const computer = new FakeComputer();
  computer.beforeSleep = (slept) => {
    if (slept === 10_000) computer.wallClockMs -= 24 * HOUR;
  };
  assertEquals(await computer.startWait(HOUR).waitFor(5 * HOUR, NEVER), true);
  assertEquals(computer.clockMs, HOUR);
});

Deno.test("an aborted signal ends a wait at once", async () => {
  const abort = new AbortController();
  const waiting = new WallClockWait({ until: Date.now() + HOUR }).waitFor(HOUR, abort.signal);
  abort.abort();
  assertEquals(await waiting, false);
});

import { delay } from "@std/async/delay";
import { assert, assertEquals } from "@std/assert";
import { Watchdog } from "../../lib/run/watchdog.ts";
import { createPausableClock } from "../../lib/util/clock.ts";

const LIMIT_MS = 50;

Deno.test("Watchdog reports each limit that is reached", async () => {
  for (const options of [{ timeoutMs: LIMIT_MS }, { idleTimeoutMs: LIMIT_MS }]) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const watchdog = new Watchdog({
      clock: createPausableClock(),
      ...options,
      onTimeout: (...args) => resolve(args.join()),
    });
    watchdog.expectOutput();
    const name = "timeoutMs" in options ? "timeout" : "idle timeout";
    assertEquals(await promise, `${name},${LIMIT_MS}`);
    watchdog.close();
  }
});

Deno.test("Watchdog does not count the silence of a claude that waits for a reader", async () => {
  const { promise: reachedMs, resolve } = Promise.withResolvers<number>();
  const clock = createPausableClock();
  const watchdog = new Watchdog({
    clock,
    idleTimeoutMs: LIMIT_MS,
    onTimeout: () => resolve(clock.now()),
  });
  watchdog.expectOutput();
  const busyMs = 5 * LIMIT_MS;
  await watchdog.waitForReader(delay(busyMs));
  assert(await reachedMs >= busyMs);
  watchdog.close();
});

Deno.test("Watchdog.expectExit replaces an earlier expectation", async () => {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const watchdog = new Watchdog({ clock: createPausableClock(), onTimeout: () => {} });
  watchdog.expectExit(LIMIT_MS, () => resolve("first"));
  watchdog.expectExit(LIMIT_MS, () => resolve("second"));
  assertEquals(await late, "second");
  watchdog.close();
});

Deno.test("Watchdog reports a claude without output, and again whenever that time doubles", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const clock = createPausableClock();
  const reports: number[] = [];
  const watchdog = new Watchdog({
    clock,
    silenceMs: 10,
    onTimeout: () => {},
    onSilence(ms) {
      assert(clock.now() >= ms);
      reports.push(ms);
      if (reports.length === 4) resolve();
    },
  });
  watchdog.expectOutput();
  await promise;
  watchdog.close();
  assertEquals(reports, [10, 20, 40, 80]);
});

Deno.test("Watchdog reports no silence after the first output, or while the run is suspended", async () => {
  const reports: string[] = [];
  const watch = (name: string) => {
    const clock = createPausableClock();
    const onSilence = () => reports.push(name);
    const watchdog = new Watchdog({ clock, silenceMs: 10, onTimeout: () => {}, onSilence });
    watchdog.expectOutput();
    return { clock, watchdog };
  };
  const active = watch("active");
  const suspended = watch("suspended");
  active.watchdog.noteOutput();
  suspended.clock.pause();
  await delay(LIMIT_MS);
  for (const { watchdog } of [active, suspended]) watchdog.close();
  assertEquals(reports, []);
});

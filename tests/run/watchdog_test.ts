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

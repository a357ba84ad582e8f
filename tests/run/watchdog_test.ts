import { delay } from "@std/async/delay";
import { assertEquals } from "@std/assert";
import { Watchdog } from "../../lib/run/watchdog.ts";
import { createPausableClock } from "../../lib/util/clock.ts";

const LIMIT_MS = 50;

const clock = createPausableClock();

Deno.test("Watchdog reports each limit that is reached", async () => {
  for (const options of [{ timeoutMs: LIMIT_MS }, { idleTimeoutMs: LIMIT_MS }]) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const watchdog = new Watchdog({
      clock,
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
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  let isBusy = true;
  const watchdog = new Watchdog({
    clock,
    idleTimeoutMs: LIMIT_MS,
    onTimeout: () => {
      assertEquals(isBusy, false);
      resolve();
    },
  });
  watchdog.expectOutput();
  await watchdog.waitForReader(delay(5 * LIMIT_MS));
  isBusy = false;
  await reached;
  watchdog.close();
});

Deno.test("Watchdog.expectExit replaces an earlier expectation", async () => {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const watchdog = new Watchdog({ clock, onTimeout: () => {} });
  watchdog.expectExit(LIMIT_MS, () => resolve("first"));
  watchdog.expectExit(LIMIT_MS, () => resolve("second"));
  assertEquals(await late, "second");
  watchdog.close();
});

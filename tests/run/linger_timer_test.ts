import { assert, assertEquals } from "@std/assert";
import { LingerTimer } from "../../lib/run/linger_timer.ts";

/** Returns a timer, and a promise of the time after which it was over, in milliseconds. */
function startTimer(ms: number | undefined) {
  const { promise, resolve } = Promise.withResolvers<number>();
  const startedAt = Date.now();
  const timer = new LingerTimer({ ms, onOver: () => resolve(Date.now() - startedAt) });
  return { timer, over: promise };
}

Deno.test("LingerTimer notices that a run is over and nothing follows", async () => {
  const { timer, over } = startTimer(1);
  timer.start(0);
  await over;
});

Deno.test("LingerTimer waits for the time at which the run is over", async () => {
  const { timer, over } = startTimer(1);
  timer.start(Date.now() + 30);
  assert(await over >= 30);
});

Deno.test("LingerTimer waits for a reader that delays the recording", async () => {
  const { timer, over } = startTimer(5);
  const ready = Promise.withResolvers<void>();
  const order: string[] = [];
  timer.waitForReader(ready.promise.then(() => void order.push("ready")));
  timer.start(0);
  setTimeout(ready.resolve, 50);
  await over;
  assertEquals(order, ["ready"]);
});

Deno.test("LingerTimer starts no time while a run is in progress, without a limit, and if it is stopped", () => {
  // The test fails if it leaves a timer.
  startTimer(1).timer.start(undefined);
  startTimer(undefined).timer.start(0);
  const { timer } = startTimer(1);
  timer.stop();
  timer.start(0);
  timer.stop();
});

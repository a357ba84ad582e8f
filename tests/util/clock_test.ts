import { assert, assertEquals } from "@std/assert";
import { createPausableClock } from "../../lib/util/clock.ts";
import { waitFor } from "../support/wait_for.ts";

const LONG_MS = 60_000;

/** Resolves when the time has gone on by this much. */
async function passes(ms: number): Promise<void> {
  const end = performance.now() + ms;
  assert(await waitFor(() => performance.now() >= end, LONG_MS));
}

Deno.test("Clock runs as time does", async () => {
  const earliest = performance.now();
  const clock = createPausableClock();
  const latest = performance.now();
  await passes(30);
  const before = performance.now();
  const now = clock.now();
  const after = performance.now();
  assert(now >= before - latest && now <= after - earliest);
});

Deno.test("Clock stands while it is stopped, and goes on from there", async () => {
  const clock = createPausableClock();
  await passes(10);
  clock.pause();
  const stopped = clock.now();
  assert(stopped >= 10);
  await passes(200);
  assertEquals(clock.now(), stopped);
  const earliest = performance.now();
  clock.resume();
  assert(clock.now() >= stopped);
  await passes(20);
  const now = clock.now();
  const most = performance.now() - earliest;
  assert(now - stopped >= 20 - 1 && now - stopped <= most);
});

Deno.test("Clock may be stopped twice, and let go on while it runs", async () => {
  const clock = createPausableClock();
  clock.resume();
  await passes(20);
  assert(clock.now() >= 20);
  clock.pause();
  const stopped = clock.now();
  await passes(50);
  clock.pause();
  assertEquals(clock.now(), stopped);
  clock.resume();
  await passes(20);
  clock.resume();
  assert(clock.now() >= stopped + 20);
});

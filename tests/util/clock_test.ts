import { assert, assertEquals } from "@std/assert";
import { createPausableClock } from "../../lib/util/clock.ts";
import { waitFor } from "../support/wait_for.ts";

const LONG_MS = 60_000;

/** Resolves when this much time has passed. */
async function pass(ms: number): Promise<void> {
  const end = performance.now() + ms;
  assert(await waitFor(() => performance.now() >= end, LONG_MS));
}

Deno.test("createPausableClock measures the time since the call", async () => {
  const earliest = performance.now();
  const clock = createPausableClock();
  const latest = performance.now();
  await pass(30);
  const before = performance.now();
  const now = clock.now();
  const after = performance.now();
  assert(now >= before - latest && now <= after - earliest);
});

Deno.test("PausableClock does not count the time in which it is paused", async () => {
  const clock = createPausableClock();
  await pass(10);
  clock.pause();
  const paused = clock.now();
  assert(paused >= 10);
  await pass(200);
  assertEquals(clock.now(), paused);
  const earliest = performance.now();
  clock.resume();
  await pass(20);
  const counted = clock.now() - paused;
  const most = performance.now() - earliest;
  assert(counted >= 20 - 1 && counted <= most);
});

Deno.test("PausableClock ignores a second pause and a second resume", async () => {
  const clock = createPausableClock();
  clock.resume();
  await pass(20);
  assert(clock.now() >= 20);
  clock.pause();
  const paused = clock.now();
  await pass(50);
  clock.pause();
  assertEquals(clock.now(), paused);
  clock.resume();
  await pass(20);
  clock.resume();
  assert(clock.now() >= paused + 20 - 1);
});

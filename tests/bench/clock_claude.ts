// A fake claude for the latency benchmark: writes text lines that carry the time of their writing.
// Run as a program of its own: deno run clock_claude.ts COUNT PER_SECOND
import { initLine, resultLine, textLine } from "../support/fake_claude.ts";

/** Stands where the time comes, so that nothing is left to do between the time and the write. */
const TIME = "0TIME0";

/** How long it waits before the first line: who reads is there by then, and asleep. */
const HEAD_START_MS = 200;

const [count = 0, perSecond = 1] = Deno.args.map(Number);
const encoder = new TextEncoder();
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const [before, after] = textLine(TIME).split(TIME);

/** A timer of the event loop would be late by up to a millisecond, and write five lines at once. */
function sleepUntil(time: number): void {
  const ms = time - performance.now();
  if (ms > 0) Atomics.wait(sleeper, 0, 0, ms);
}

Deno.stdout.writeSync(encoder.encode(`${initLine()}\n`));
const start = performance.now() + HEAD_START_MS;
for (let index = 0; index < count; index++) {
  sleepUntil(start + index * 1000 / perSecond);
  const time = performance.timeOrigin + performance.now();
  Deno.stdout.writeSync(encoder.encode(`${before}${time}${after}\n`));
}
Deno.stdout.writeSync(encoder.encode(`${resultLine()}\n`));

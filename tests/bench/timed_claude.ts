// A fake claude whose texts are the times at which it writes them.
// Usage: deno run timed_claude.ts COUNT PER_SECOND
import { initLine, resultLine, textLine } from "../support/fake_claude.ts";

const PLACEHOLDER = "0TIME0";

/** The time until the first line. By then the reader is waiting. */
const HEAD_START_MS = 200;

const [count = 0, perSecond = 1] = Deno.args.map(Number);
const encoder = new TextEncoder();
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const [before, after] = textLine(PLACEHOLDER).split(PLACEHOLDER);

/** Blocks, because a timer of the event loop would be late by up to a millisecond. */
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

// A fake claude for the latency benchmark: writes text lines that carry the time of their writing.
// Run as a program of its own: deno run clock_claude.ts COUNT PER_SECOND
import { resultLine, textLine } from "../support/fake_claude.ts";

const [count = 0, perSecond = 1] = Deno.args.map(Number);
const encoder = new TextEncoder();
const start = performance.now();
for (let index = 0; index < count; index++) {
  const due = start + index * 1000 / perSecond;
  const wait = due - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  Deno.stdout.writeSync(
    encoder.encode(`${textLine(String(performance.timeOrigin + performance.now()))}\n`),
  );
}
Deno.stdout.writeSync(encoder.encode(`${resultLine()}\n`));

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { makeSandbox } from "../support/sandbox.ts";
import { type Command, countedLines, measure, parseChildTimes } from "./measure.ts";

const shell = (script: string): Command => ["/bin/sh", "-c", script];

Deno.test("measure feeds a program and counts the lines of its stdout", async () => {
  await using sandbox = await makeSandbox();
  const result = await measure(shell("cat; echo three; echo problem >&2"), {
    sandbox,
    feed: "printf 'one\\ntwo\\n'",
  });
  assertEquals(countedLines(result), 3);
  assert(result.seconds > 0 && result.cpuSeconds >= 0);
  const { output } = await measure(shell("echo hello"), { sandbox, reader: "tr a-z A-Z" });
  assertEquals(output, "HELLO\n");
});

Deno.test("measure reports the CPU time of the program alone", async () => {
  await using sandbox = await makeSandbox();
  const loop = "n=0; while [ $n -lt 200000 ]; do n=$((n + 1)); done";
  const program = await measure(shell(loop), { sandbox });
  assert(program.cpuSeconds > 0);
  const feed = await measure(shell("cat >/dev/null"), { sandbox, feed: `${loop}; ${loop}` });
  assert(feed.cpuSeconds < program.cpuSeconds);
});

Deno.test("measure throws when the program fails", async () => {
  await using sandbox = await makeSandbox();
  const failing = () => measure(shell("echo broken >&2; exit 3"), { sandbox });
  await assertRejects(failing, Error, "exited with 3: broken");
});

Deno.test("parseChildTimes adds user and system time", () => {
  assertEquals(parseChildTimes("0m0.000000s 0m0.010000s\n1m1.250000s 0m0.500000s\n"), 61.75);
  assertEquals(parseChildTimes("0m0.001s 0m0.002s\n0m0,250s 0m0,250s\n"), 0.5);
  assertThrows(() => parseChildTimes(""), Error, "cannot read");
});

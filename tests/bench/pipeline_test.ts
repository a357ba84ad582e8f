import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { makeSandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { childSeconds, quoted, runPipeline } from "./pipeline.ts";
import type { Argv } from "./programs.ts";

const shell = (script: string): Argv => ["/bin/sh", "-c", script];

/** Longer than a process takes to start. */
const STARTED_WITHIN_MS = 60_000;

Deno.test("runPipeline counts what a program makes of its stdin, on stdout and stderr", async () => {
  await using sandbox = await makeSandbox();
  const { out, err, seconds, cpuSeconds } = await runPipeline({
    program: shell("cat; yes problem | head -n 1000 >&2"),
    feed: "printf 'one\\ntwo\\nthree'",
  }, { sandbox, env: sandbox.env() });
  assertEquals([out, err], [{ lines: 2, bytes: 13 }, { lines: 1000, bytes: 8000 }]);
  assert(seconds > 0 && cpuSeconds >= 0);
});

Deno.test("runPipeline takes the processor's time of the program alone", async () => {
  await using sandbox = await makeSandbox();
  const work = "n=0; while [ $n -lt 200000 ]; do n=$((n + 1)); done";
  const options = { sandbox, env: sandbox.env() };
  const own = await runPipeline({ program: shell(work) }, options);
  assert(own.cpuSeconds > 0, String(own.cpuSeconds));
  const another = await runPipeline(
    { program: shell("cat >/dev/null"), feed: `${work}; ${work}; ${work}` },
    options,
  );
  assert(another.cpuSeconds < own.cpuSeconds, `${another.cpuSeconds} of ${own.cpuSeconds}`);
});

Deno.test("runPipeline gives a reader of one's own the output, and samples the program", async () => {
  await using sandbox = await makeSandbox();
  const pids = new Set<number>();
  const gate = `${sandbox.root}/gate`;
  const { read } = await runPipeline({
    program: shell(`echo $$; while [ ! -e ${quoted(gate)} ]; do sleep 0.01; done`),
    reader: 'cat >"$dir/reader"',
  }, {
    sandbox,
    env: sandbox.env(),
    sampleMs: 1,
    sample(pid) {
      pids.add(pid);
      Deno.writeTextFileSync(gate, "");
    },
  });
  assertEquals([...pids], [Number(read)]);
});

Deno.test("runPipeline throws with what a program said when it fails", async () => {
  await using sandbox = await makeSandbox();
  const failing = { program: shell("echo all is lost >&2; exit 3") };
  const options = { sandbox, env: sandbox.env() };
  await assertRejects(
    () => runPipeline(failing, options),
    Error,
    "ended with 3, not 0: all is lost",
  );
  assertEquals((await runPipeline(failing, { ...options, code: 3 })).err.lines, 1);
  assertEquals(
    [...Deno.readDirSync(sandbox.root)].some(({ name }) => /pipeline/.test(name)),
    false,
  );
});

Deno.test("runPipeline ends all of a pipeline when it is aborted", async () => {
  await using sandbox = await makeSandbox();
  const abort = new AbortController();
  const running = runPipeline({
    program: shell("sleep 76 & sleep 77"),
    feed: "sleep 78",
    reader: "sleep 79",
  }, { sandbox, env: sandbox.env(), signal: abort.signal });
  const rejected = assertRejects(() => running, DOMException);
  // Three shells or more, and what they wait for.
  assert(await waitFor(async () => (await sandbox.processes()).length >= 7, STARTED_WITHIN_MS));
  abort.abort();
  await rejected;
  await sandbox.assertNothingLeft();
});

Deno.test("childSeconds reads what the times of a shell's children are", () => {
  assertEquals(childSeconds("0m0.000000s 0m0.010000s\n1m1.250000s 0m0.500000s\n"), 61.75);
  assertEquals(childSeconds("0m0.001s 0m0.002s\n0m0,250s 0m0,250s\n"), 0.5);
  assertThrows(() => childSeconds(""), Error, "no times");
});

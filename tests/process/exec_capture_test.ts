import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { execCapture } from "../../lib/process/exec_capture.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

/** Longer than anything here takes. */
const LONG_MS = 60_000;

function run(sandbox: Sandbox, script: string, limitMs = LONG_MS, aborted = new Promise(() => {})) {
  const env = { ...sandbox.env(), ONLY: "this" };
  const args = ["-c", script, "sh", "--version"];
  return execCapture({ command: "/bin/sh", args, env, cwd: sandbox.project, limitMs, aborted });
}

Deno.test("execCapture returns the output and the exit code", async () => {
  await using sandbox = await makeSandbox();
  const script = 'cat; pwd; echo "$1 $ONLY $CCRUN_TEST_PROBE"; echo oh >&2; exit 3';
  Deno.env.set("CCRUN_TEST_PROBE", "leaked");
  try {
    const stdout = `${sandbox.project}\n--version this \n`;
    assertEquals(await run(sandbox, script), { code: 3, stdout, stderr: "oh\n" });
  } finally {
    Deno.env.delete("CCRUN_TEST_PROBE");
  }
});

testWith({ commands: ["setsid"] }, "execCapture leaves no processes behind", async () => {
  await using sandbox = await makeSandbox();
  const script = "setsid sleep 600 >/dev/null 2>&1 & echo out";
  assertEquals((await run(sandbox, script)).stdout, "out\n");
  assertEquals(await sandbox.processes(), []);
});

const DEAF = "trap '' INT TERM; echo out; while :; do sleep 1; done";

Deno.test("execCapture kills the program at its time limit", async () => {
  await using sandbox = await makeSandbox();
  const result = await run(sandbox, DEAF, 200);
  assertEquals(result, { code: undefined, stdout: "out\n", stderr: "" });
  await sandbox.assertNothingLeft();
});

Deno.test("execCapture kills the program when it is aborted", async () => {
  await using sandbox = await makeSandbox();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const result = run(sandbox, DEAF, LONG_MS, promise);
  resolve(undefined);
  assertEquals((await result).code, undefined);
  await sandbox.assertNothingLeft();
});

Deno.test("execCapture keeps the end of a long output", async () => {
  await using sandbox = await makeSandbox();
  const { stdout } = await run(sandbox, "head -c 5000000 /dev/zero | tr '\\0' x; echo end");
  assertEquals(stdout, `${"x".repeat(64 * 1024 - 4)}end\n`);
});

Deno.test("execCapture fails if the program cannot be started", async () => {
  await using sandbox = await makeSandbox();
  const env = sandbox.env();
  const options = { command: sandbox.project, args: [], env, cwd: "/", limitMs: LONG_MS };
  const error = await assertRejects(() => execCapture(options), CcrunError);
  assertInstanceOf(error, CcrunError);
  assertEquals(error.kind, "not_executable");
});

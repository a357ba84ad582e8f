import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { execCapture } from "../../lib/process/exec_capture.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

/** Long beside what anything here takes. */
const LONG_MS = 60_000;

function run(sandbox: Sandbox, script: string, limitMs = LONG_MS) {
  const env = { ...sandbox.env(), ONLY: "this" };
  const args = ["-c", script, "sh", "--version"];
  return execCapture({ command: "/bin/sh", args, env, cwd: sandbox.project, limitMs });
}

Deno.test("execCapture gives what a program says and its exit code", async () => {
  await using sandbox = await makeSandbox();
  const script = 'cat; pwd; echo "$1 $ONLY $CCRUN_TEST_PROBE"; echo oh >&2; exit 3';
  Deno.env.set("CCRUN_TEST_PROBE", "leaks");
  try {
    const stdout = `${sandbox.project}\n--version this \n`;
    assertEquals(await run(sandbox, script), { code: 3, stdout, stderr: "oh\n" });
  } finally {
    Deno.env.delete("CCRUN_TEST_PROBE");
  }
});

testWith({ commands: ["setsid"] }, "execCapture leaves nothing of the program behind", async () => {
  await using sandbox = await makeSandbox();
  const script = "setsid sleep 600 >/dev/null 2>&1 & echo said";
  assertEquals((await run(sandbox, script)).stdout, "said\n");
  assertEquals(await sandbox.processes(), []);
});

Deno.test("execCapture kills a program that takes too long", async () => {
  await using sandbox = await makeSandbox();
  const output = await run(sandbox, "trap '' INT TERM; echo begun; while :; do sleep 1; done", 200);
  assertEquals(output, { code: undefined, stdout: "begun\n", stderr: "" });
  await sandbox.assertNothingLeft();
});

Deno.test("execCapture keeps the end of an output without an end", async () => {
  await using sandbox = await makeSandbox();
  const { stdout } = await run(sandbox, "head -c 5000000 /dev/zero | tr '\\0' x; echo end");
  assertEquals(stdout, `${"x".repeat(64 * 1024 - 4)}end\n`);
});

Deno.test("execCapture says what cannot be run", async () => {
  await using sandbox = await makeSandbox();
  const env = sandbox.env();
  const options = { command: sandbox.project, args: [], env, cwd: "/", limitMs: LONG_MS };
  const error = await assertRejects(() => execCapture(options), CcrunError);
  assertInstanceOf(error, CcrunError);
  assertEquals(error.kind, "not_executable");
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Finding } from "../../lib/doctor/finding.ts";
import { runTrialSession } from "../../lib/doctor/trial_session.ts";
import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";

async function tryFake(body: string, timeoutMs?: number): Promise<Finding> {
  await using sandbox = await makeSandbox();
  const path = await fakeClaude(sandbox, `head -n 1 >/dev/null\n${body}`);
  const workspace = sandbox.project;
  const finding = await runTrialSession({ path, env: sandbox.env(), workspace, timeoutMs });
  await sandbox.assertNothingLeft();
  return finding;
}

Deno.test("runTrialSession reports the stderr of a claude that fails, and that it sent no request", async () => {
  const { status, message } = await tryFake("echo 'EROFS: no home' >&2; exit 1");
  assertEquals(status, "problem");
  assertStringIncludes(message, "EROFS: no home");
  assertStringIncludes(message, "no request to the API");
});

Deno.test("runTrialSession accepts no other answer than that of its API", async () => {
  const { status, message } = await tryFake(emit(initLine(), resultLine({ result: "another" })));
  assertEquals(status, "problem");
  assertStringIncludes(message, "not the one that the API gave");
});

Deno.test("runTrialSession stops a claude that hangs, together with its children", async () => {
  const { status, message, hint } = await tryFake("sleep 1000 & exec sleep 1000", 300);
  assertEquals(status, "problem");
  assertStringIncludes(message, "no result within 300ms");
  assertStringIncludes(hint ?? "", "--debug");
});

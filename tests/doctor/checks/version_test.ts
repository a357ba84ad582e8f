import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkVersion } from "../../../lib/doctor/checks/version.ts";
import { writeExecutable } from "../../support/executable.ts";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";

/** Aborts nothing. */
const NEVER = new Promise<void>(() => {});

async function executable({ root }: Sandbox, script: string): Promise<string> {
  const path = `${root}/claude`;
  await writeExecutable(path, script);
  return path;
}

Deno.test("checkVersion distinguishes versions of Claude Code from other programs", async () => {
  await using sandbox = await makeSandbox();
  const cases: readonly (readonly [string, boolean, string, string])[] = [
    ["echo '2.1.197 (Claude Code)'", true, "ok", "Claude Code 2.1.197"],
    ["echo '1.0.44 (Claude Code)'", true, "warning", "is older than 2.0.25"],
    ["echo '9.0.0 (Claude Code)'", true, "ok", "newer than 2.1."],
    ["echo 'next (Claude Code)'", true, "warning", "unknown version"],
    ["echo hello", false, "problem", "is not Claude Code"],
    ["echo 'lib.so is missing' >&2; exit 127", false, "problem", "--version: lib.so is missing"],
  ];
  for (const [body, isClaude, status, words] of cases) {
    const path = await executable(sandbox, `#!/bin/sh\n${body}\n`);
    const checked = await checkVersion({
      path,
      env: sandbox.env(),
      cwd: sandbox.project,
      aborted: NEVER,
    });
    assertEquals([checked.isClaude, checked.finding.status], [isClaude, status], body);
    assertStringIncludes(checked.finding.message, words);
  }
  await sandbox.assertNothingLeft();
});

Deno.test("checkVersion stops a program that hangs, together with its children", async () => {
  await using sandbox = await makeSandbox();
  const path = await executable(sandbox, "#!/bin/sh\nsleep 1000 & exec sleep 1000\n");
  const options = { path, env: sandbox.env(), cwd: sandbox.project };
  const { finding } = await checkVersion({ ...options, timeoutMs: 200, aborted: NEVER });
  assertEquals(finding.status, "problem");
  assertStringIncludes(finding.message, "within 200ms");
  const stopped = await checkVersion({ ...options, aborted: Promise.resolve() });
  assertEquals(stopped.isClaude, false);
  await sandbox.assertNothingLeft();
});

Deno.test(
  "checkVersion reports why a program cannot be started, and leaks no resources",
  { sanitizeOps: true, sanitizeResources: true },
  async () => {
    await using sandbox = await makeSandbox();
    const path = await executable(sandbox, "#!/no/such/interpreter\n");
    const { isClaude, finding } = await checkVersion({
      path,
      env: sandbox.env(),
      cwd: sandbox.project,
      aborted: NEVER,
    });
    assertEquals([isClaude, finding.status], [false, "problem"]);
    assertStringIncludes(finding.message, "interpreter");
  },
);

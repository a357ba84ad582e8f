import { assertEquals, assertStringIncludes } from "@std/assert";
import { askVersion, findProgram } from "../../lib/doctor/checks/program.ts";
import { runTrialSession } from "../../lib/doctor/trial_session.ts";
import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** Writes an executable shell script. */
async function script({ root }: Sandbox, name: string, body: string): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test("findProgram says by which way claude was found", async () => {
  await using sandbox = await makeSandbox();
  const { root, home, bin } = sandbox;
  const from = root;
  await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
  const installed = await script(sandbox, "home/.local/bin/claude", "");
  const lost = await findProgram({ env: { HOME: home, PATH: bin }, from });
  assertEquals([lost.path, lost.finding.message], [
    installed,
    `${installed}, found where it is installed, for it is not in PATH`,
  ]);
  const inPath = await script(sandbox, "bin/claude", "");
  const found = await findProgram({ env: { HOME: home, PATH: bin }, from });
  assertEquals(found.finding.message, `${inPath}, found in PATH`);
  const named = await findProgram({ env: {}, from, path: inPath, source: "CCRUN_CLAUDE" });
  assertEquals(named.finding.message, `${inPath}, which CCRUN_CLAUDE names`);
  const none = await findProgram({ env: {}, from, path: "./none", source: "--claude" });
  assertEquals([none.path, none.finding.status], [undefined, "problem"]);
  assertStringIncludes(none.finding.message, "--claude names ./none, which does not exist");
});

Deno.test("askVersion tells Claude Code of a known version from an older, a newer and another program", async () => {
  await using sandbox = await makeSandbox();
  const ask = async (body: string) =>
    await askVersion({
      path: await script(sandbox, "claude", body),
      env: sandbox.env(),
      cwd: sandbox.project,
    });
  const cases: readonly (readonly [string, boolean, string, string])[] = [
    ["echo '2.1.197 (Claude Code)'", true, "ok", "Claude Code 2.1.197"],
    ["echo '1.0.44 (Claude Code)'", true, "warning", "is older than 2.0.25"],
    ["echo '9.0.0 (Claude Code)'", true, "ok", "newer than 2.1.330"],
    ["echo 'next (Claude Code)'", true, "warning", "does not say which version"],
    ["echo hello", false, "problem", "is not Claude Code"],
    ["echo 'lib.so is missing' >&2; exit 127", false, "problem", "and says: lib.so is missing"],
  ];
  for (const [body, isClaude, status, says] of cases) {
    const asked = await ask(body);
    assertEquals([asked.isClaude, asked.finding.status], [isClaude, status], body);
    assertStringIncludes(asked.finding.message, says);
  }
  await sandbox.assertNothingLeft();
});

Deno.test("askVersion does not wait for a program that says nothing, and leaves none of it", async () => {
  await using sandbox = await makeSandbox();
  const path = await script(sandbox, "claude", "sleep 1000 & exec sleep 1000");
  const place = { path, env: sandbox.env(), cwd: sandbox.project };
  const { finding } = await askVersion({ ...place, limitMs: 200 });
  assertEquals(finding.status, "problem");
  assertStringIncludes(finding.message, "has not said its version within 200ms");
  await askVersion({ ...place, until: Promise.resolve() });
  await sandbox.assertNothingLeft();
});

// Nothing of the attempt may be left when it is told that it failed.
const CLEAN = { sanitizeOps: true, sanitizeResources: true };

Deno.test(
  "askVersion says why a program cannot be started, and leaves nothing",
  CLEAN,
  async () => {
    await using sandbox = await makeSandbox();
    const path = `${sandbox.root}/claude`;
    await Deno.writeTextFile(path, "#!/no/such/interpreter\n");
    await Deno.chmod(path, 0o755);
    const { finding } = await askVersion({ path, env: sandbox.env(), cwd: sandbox.project });
    assertStringIncludes(finding.message, "the interpreter that it names does not exist");
  },
);

/** Tries a session with a stand-in for claude. */
async function session(sandbox: Sandbox, body: string, limitMs?: number) {
  const path = await fakeClaude(sandbox, `head -n 1 >/dev/null\n${body}`);
  const finding = await runTrialSession({
    path,
    env: sandbox.env(),
    workspace: sandbox.project,
    limitMs,
  });
  await sandbox.assertNothingLeft();
  return finding;
}

Deno.test("runTrialSession says what a claude says that fails, and that it has asked nothing", async () => {
  await using sandbox = await makeSandbox();
  const { status, message } = await session(sandbox, "echo 'EROFS: no home' >&2; exit 1");
  assertEquals(status, "problem");
  assertStringIncludes(message, "EROFS: no home");
  assertStringIncludes(message, "it has not asked the API on 127.0.0.1 anything");
});

Deno.test("runTrialSession takes no other answer than its own API's", async () => {
  await using sandbox = await makeSandbox();
  const body = emit(initLine(), resultLine({ result: "of somebody else" }));
  const { status, message } = await session(sandbox, body);
  assertEquals([status, message], ["problem", "a session gives another answer than the API's"]);
});

Deno.test("runTrialSession does not wait for a claude that hangs, with all that it has started", async () => {
  await using sandbox = await makeSandbox();
  const { status, message, hint } = await session(sandbox, "sleep 1000 & exec sleep 1000", 300);
  assertEquals(status, "problem");
  assertStringIncludes(message, "a session does not come to its end within 300ms");
  assertStringIncludes(hint ?? "", "see where it hangs: ");
});

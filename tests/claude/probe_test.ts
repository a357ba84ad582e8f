import { assert, assertEquals } from "@std/assert";
import { isClaude } from "../../lib/claude/probe.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

async function probe(sandbox: Sandbox, script: string): Promise<boolean> {
  const path = `${sandbox.bin}/program`;
  await Deno.writeTextFile(path, script);
  await Deno.chmod(path, 0o755);
  return await isClaude(path, sandbox.env(), sandbox.project);
}

Deno.test("isClaude knows Claude Code by its --version", async () => {
  await using sandbox = await makeSandbox();
  const claude = await fakeClaude(sandbox, "exit 1");
  assertEquals(await isClaude(claude, sandbox.env(), sandbox.project), true);
});

Deno.test("isClaude takes nothing else for it", async () => {
  await using sandbox = await makeSandbox();
  assertEquals(await probe(sandbox, "#!/bin/sh\necho 'bash, version 5'\n"), false);
  assertEquals(await probe(sandbox, "#!/bin/sh\necho 'Claude Code' >&2; exit 1\n"), false);
  assertEquals(await probe(sandbox, "#!/no/such/interpreter\n"), false);
  assertEquals(await isClaude(`${sandbox.bin}/none`, sandbox.env(), sandbox.project), false);
  assertEquals(await isClaude(sandbox.project, sandbox.env(), sandbox.project), false);
});

Deno.test("isClaude gives the program no stdin, the environment that it is told, and the directory", async () => {
  await using sandbox = await makeSandbox();
  const script = `#!/bin/sh
cat >"$HOME/stdin"
{ pwd; echo "$1 $ONLY $CCRUN_TEST_PROBE"; } >"$HOME/seen"
echo "1.0 (Claude Code)"
`;
  const path = `${sandbox.bin}/program`;
  await Deno.writeTextFile(path, script);
  await Deno.chmod(path, 0o755);
  const env = { HOME: sandbox.home, PATH: "/usr/bin:/bin", ONLY: "this" };
  Deno.env.set("CCRUN_TEST_PROBE", "leaks");
  try {
    assert(await isClaude(path, env, sandbox.project));
  } finally {
    Deno.env.delete("CCRUN_TEST_PROBE");
  }
  assertEquals(await Deno.readTextFile(`${sandbox.home}/stdin`), "");
  const seen = await Deno.readTextFile(`${sandbox.home}/seen`);
  assertEquals(seen, `${sandbox.project}\n--version this \n`);
});

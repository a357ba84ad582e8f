import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { findClaude, type FindClaudeOptions } from "../../lib/claude/find.ts";
import { CcrunError } from "../../lib/errors.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** Makes an executable file, or one that is not. */
async function makeFile(path: string, mode = 0o755): Promise<string> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, "#!/bin/sh\n");
  await Deno.chmod(path, mode);
  return path;
}

function options(sandbox: Sandbox, more: Partial<FindClaudeOptions> = {}): FindClaudeOptions {
  return { env: { PATH: sandbox.bin, HOME: sandbox.home }, cwd: sandbox.project, ...more };
}

/** How it fails. */
async function failure(from: FindClaudeOptions): Promise<CcrunError> {
  const error = await assertRejects(() => findClaude(from), CcrunError);
  assertInstanceOf(error, CcrunError);
  assert(error.hint !== undefined);
  return error;
}

Deno.test("findClaude returns the first executable in PATH", async () => {
  await using sandbox = await makeSandbox();
  const dirs = ["none", "dir", "plain", "first", "second"].map((dir) => `${sandbox.root}/${dir}`);
  await Deno.mkdir(`${sandbox.root}/dir/claude`, { recursive: true });
  await makeFile(`${sandbox.root}/plain/claude`, 0o644);
  const first = await makeFile(`${sandbox.root}/first/claude`);
  await makeFile(`${sandbox.root}/second/claude`);
  const env = { PATH: `:${dirs.join(":")}:` };
  assertEquals(await findClaude(options(sandbox, { env })), first);
});

Deno.test("findClaude resolves relative directories in PATH", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.project}/tools/claude`);
  assertEquals(await findClaude(options(sandbox, { env: { PATH: "tools" } })), file);
});

Deno.test("findClaude follows a symbolic link", async () => {
  await using sandbox = await makeSandbox();
  await Deno.symlink(await makeFile(`${sandbox.root}/lib/cli.js`), `${sandbox.bin}/claude`);
  assertEquals(await findClaude(options(sandbox)), `${sandbox.bin}/claude`);
});

Deno.test("findClaude searches the install directories after PATH", async () => {
  for (
    const place of [".local/bin", ".claude/local", ".npm-global/bin", ".bun/bin", ".volta/bin"]
  ) {
    await using sandbox = await makeSandbox();
    const file = await makeFile(`${sandbox.home}/${place}/claude`);
    assertEquals(await findClaude(options(sandbox)), file);
    assertEquals(await findClaude(options(sandbox, { env: { HOME: sandbox.home } })), file);
  }
});

Deno.test("findClaude prefers PATH to the install directories", async () => {
  await using sandbox = await makeSandbox();
  await makeFile(`${sandbox.home}/.local/bin/claude`);
  const file = await makeFile(`${sandbox.bin}/claude`);
  assertEquals(await findClaude(options(sandbox)), file);
});

Deno.test("findClaude accepts an absolute or relative path", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.project}/my/claude`);
  await makeFile(`${sandbox.bin}/claude`);
  assertEquals(await findClaude(options(sandbox, { path: file })), file);
  const relative = await findClaude(options(sandbox, { path: "./my/claude" }));
  assertEquals(await Deno.realPath(relative), file);
  assert(relative.startsWith("/"));
});

Deno.test("findClaude searches a name in PATH only", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.bin}/claude-next`);
  await makeFile(`${sandbox.project}/claude-here`);
  await makeFile(`${sandbox.home}/.local/bin/claude-home`);
  assertEquals(await findClaude(options(sandbox, { path: "claude-next" })), file);
  for (const path of ["claude-here", "claude-home"]) {
    assertEquals((await failure(options(sandbox, { path }))).kind, "not_found");
  }
});

Deno.test("findClaude names the missing path and its source", async () => {
  await using sandbox = await makeSandbox();
  const { kind, message } = await failure(
    options(sandbox, { path: "/no/such/claude", source: "CCRUN_CLAUDE" }),
  );
  assertEquals(kind, "not_found");
  assert(message.includes("CCRUN_CLAUDE") && message.includes("/no/such/claude"), message);
  const tilde = await failure(options(sandbox, { path: "~/claude" }));
  assert(tilde.hint?.startsWith("~ is not read as your home directory"), tilde.hint);
});

Deno.test("findClaude rejects a directory, and a file that is not executable", async () => {
  await using sandbox = await makeSandbox();
  const plain = await makeFile(`${sandbox.root}/claude`, 0o644);
  const directory = await failure(options(sandbox, { path: sandbox.project }));
  assertEquals(directory.kind, "not_executable");
  assert(directory.message.includes("a directory"), directory.message);
  const file = await failure(options(sandbox, { path: plain }));
  assertEquals(file.kind, "not_executable");
  assert(file.message.includes("not executable") && file.hint?.includes("chmod +x"), file.message);
});

Deno.test("findClaude reports a file in PATH that is not executable", async () => {
  await using sandbox = await makeSandbox();
  const plain = await makeFile(`${sandbox.bin}/claude-plain`, 0o644);
  const { kind, message } = await failure(options(sandbox, { path: "claude-plain" }));
  assertEquals(kind, "not_executable");
  assert(message.includes(plain), message);
});

/** Places outside of any home directory, where the machine's own claude would be found. */
const SYSTEM_PLACES = ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];

function isOnMachine(): boolean {
  return SYSTEM_PLACES.some((dir) => {
    try {
      return Deno.statSync(`${dir}/claude`).isFile;
    } catch {
      return false;
    }
  });
}

Deno.test({
  name: "findClaude lists the searched directories if there is no claude",
  ignore: isOnMachine(),
  async fn() {
    await using sandbox = await makeSandbox();
    const { kind, message, hint } = await failure(options(sandbox));
    assertEquals(kind, "not_found");
    for (const place of [sandbox.bin, `${sandbox.home}/.local/bin`, ...SYSTEM_PLACES]) {
      assert(message.includes(place), `${place}: ${message}`);
    }
    assert(hint?.includes("npm install -g @anthropic-ai/claude-code"), hint);
    assert((await failure(options(sandbox, { env: {} }))).message.includes("not set"));
  },
});

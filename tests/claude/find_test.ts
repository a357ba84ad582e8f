import { assert, assertEquals } from "@std/assert";
import { findClaude, type FindClaudeOptions } from "../../lib/claude/find.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** Makes an executable file, or one that is not. */
async function makeFile(path: string, mode = 0o755): Promise<string> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, "#!/bin/sh\n");
  await Deno.chmod(path, mode);
  return path;
}

function options(sandbox: Sandbox, more: Partial<FindClaudeOptions> = {}): FindClaudeOptions {
  return {
    env: { PATH: sandbox.bin, HOME: sandbox.home },
    baseDirectory: sandbox.project,
    ...more,
  };
}

/** Returns the path that was found. */
async function foundPath(from: FindClaudeOptions): Promise<string> {
  const claude = await findClaude(from);
  assert(claude.status === "found", JSON.stringify(claude));
  return claude.path;
}

Deno.test("findClaude returns the first executable in PATH", async () => {
  await using sandbox = await makeSandbox();
  const dirs = ["none", "dir", "plain", "first", "second"].map((dir) => `${sandbox.root}/${dir}`);
  await Deno.mkdir(`${sandbox.root}/dir/claude`, { recursive: true });
  await makeFile(`${sandbox.root}/plain/claude`, 0o644);
  const first = await makeFile(`${sandbox.root}/first/claude`);
  await makeFile(`${sandbox.root}/second/claude`);
  const env = { PATH: `:${dirs.join(":")}:` };
  assertEquals(await foundPath(options(sandbox, { env })), first);
});

Deno.test("findClaude resolves relative directories in PATH", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.project}/tools/claude`);
  assertEquals(await foundPath(options(sandbox, { env: { PATH: "tools" } })), file);
});

Deno.test("findClaude follows a symbolic link", async () => {
  await using sandbox = await makeSandbox();
  await Deno.symlink(await makeFile(`${sandbox.root}/lib/cli.js`), `${sandbox.bin}/claude`);
  assertEquals(await foundPath(options(sandbox)), `${sandbox.bin}/claude`);
});

Deno.test("findClaude searches the install directories after PATH", async () => {
  for (
    const place of [".local/bin", ".claude/local", ".npm-global/bin", ".bun/bin", ".volta/bin"]
  ) {
    await using sandbox = await makeSandbox();
    const path = await makeFile(`${sandbox.home}/${place}/claude`);
    const installed = { status: "found", path, origin: "install_directory" } as const;
    assertEquals(await findClaude(options(sandbox)), installed);
    assertEquals(await findClaude(options(sandbox, { env: { HOME: sandbox.home } })), installed);
    const emptyHome = { HOME: "", USERPROFILE: sandbox.home };
    assertEquals(await findClaude(options(sandbox, { env: emptyHome })), installed);
    const inPath = await makeFile(`${sandbox.bin}/claude`);
    assertEquals(await findClaude(options(sandbox)), {
      status: "found",
      path: inPath,
      origin: "path",
    });
  }
});

Deno.test("findClaude searches the directories of version managers, the newest version first", async () => {
  const rows: readonly (readonly [string, Record<string, string>])[] = [
    [".nvm/versions/node/v22.9.0/bin", {}],
    ["my nvm/versions/node/v22.9.0/bin", { NVM_DIR: "my nvm" }],
    [".local/share/fnm/node-versions/v22.9.0/installation/bin", {}],
    ["volta/bin", { VOLTA_HOME: "volta" }],
    ["bun/bin", { BUN_INSTALL: "bun" }],
    [".local/share/pnpm", {}],
    [".asdf/shims", {}],
    ["prefix/bin", { NPM_CONFIG_PREFIX: "prefix" }],
  ];
  for (const [place, variables] of rows) {
    await using sandbox = await makeSandbox();
    const { home } = sandbox;
    for (const version of ["v9.11.2", "v22.10.0-rc.1", "v20.19.4"]) {
      await makeFile(`${home}/${place.replace("v22.9.0", version)}/claude`, 0o755);
    }
    const path = await makeFile(`${home}/${place}/claude`);
    const inHome = Object.entries(variables).map(([name, value]) => [name, `${home}/${value}`]);
    const env = { PATH: sandbox.bin, HOME: home, ...Object.fromEntries(inHome) };
    const installed = { status: "found", path, origin: "install_directory" } as const;
    assertEquals(await findClaude(options(sandbox, { env })), installed);
  }
});

Deno.test("findClaude searches the prefix of global packages in .npmrc", async () => {
  for (const prefix of ["~/packages", "${HOME}/packages", "HOME/packages"]) {
    await using sandbox = await makeSandbox();
    const { home } = sandbox;
    const path = await makeFile(`${home}/packages/bin/claude`);
    const npmrc = `registry=https://x.test\nprefix = ${prefix.replace(/^HOME/, home)}\n`;
    await Deno.writeTextFile(`${home}/.npmrc`, npmrc);
    assertEquals(await foundPath(options(sandbox)), path);
  }
});

Deno.test("findClaude accepts an absolute or relative path", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.project}/my/claude`);
  await makeFile(`${sandbox.bin}/claude`);
  assertEquals(await foundPath(options(sandbox, { path: file })), file);
  const relative = await foundPath(options(sandbox, { path: "./my/claude" }));
  assertEquals(await Deno.realPath(relative), file);
  assert(relative.startsWith("/"));
});

Deno.test("findClaude searches a name in PATH only", async () => {
  await using sandbox = await makeSandbox();
  const file = await makeFile(`${sandbox.bin}/claude-next`);
  await makeFile(`${sandbox.project}/claude-here`);
  await makeFile(`${sandbox.home}/.local/bin/claude-home`);
  assertEquals(await foundPath(options(sandbox, { path: "claude-next" })), file);
  for (const path of ["claude-here", "claude-home"]) {
    assertEquals(await findClaude(options(sandbox, { path })), { status: "not_in_path", path });
  }
});

Deno.test("findClaude returns why a given path or name cannot be executed", async () => {
  await using sandbox = await makeSandbox();
  const plain = await makeFile(`${sandbox.bin}/plain`, 0o644);
  const rows = [
    ["/no/such/claude", { status: "missing", path: "/no/such/claude" }],
    [sandbox.project, { status: "directory", path: sandbox.project }],
    [plain, { status: "not_executable", path: plain }],
    ["plain", { status: "found_not_executable", path: plain }],
  ] as const;
  for (const [path, expected] of rows) {
    assertEquals(await findClaude(options(sandbox, { path })), expected);
  }
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
  name: "findClaude lists the directories of installers if there is no claude",
  ignore: isOnMachine(),
  async fn() {
    await using sandbox = await makeSandbox();
    const claude = await findClaude(options(sandbox));
    assert(claude.status === "not_installed", JSON.stringify(claude));
    for (const place of [`${sandbox.home}/.local/bin`, ...SYSTEM_PLACES]) {
      assert(claude.directories.includes(place), place);
    }
  },
});

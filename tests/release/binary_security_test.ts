/**
 * What the compiled binary reads before it runs code of ccrun.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { command, denoVariables } from "../support/ccrun.ts";
import { CompiledPrograms, compileWords, whyNotCompiled } from "../support/compile_runtime.ts";
import { exists } from "../../lib/util/exists.ts";
import { OTHER_USER } from "../support/other_user.ts";
import { REPOSITORY } from "../support/paths.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { withFake } from "../e2e/fake_scene.ts";

const NEEDS = { unless: whyNotCompiled() };

/** A name that no other program has, because its cache could be in the shared directory /tmp. */
const NAME = `ccrun-${crypto.randomUUID()}`;

/** The file in which `deno compile` keeps compiled code without `--no-code-cache`. */
const CACHE = `deno-compile-${NAME}.cache`;

const programs = new CompiledPrograms();

Deno.test.afterAll(() => programs.remove());

let binary: Promise<string> | undefined;

/** Returns the path of the compiled ccrun. */
function ccrun(): Promise<string> {
  binary ??= programs.compile("main.ts", NAME);
  return binary;
}

/** A directory for temporary files, and the environment that selects it. */
interface TemporaryDirectory {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Returns a directory of the sandbox, and the shared one that an empty environment selects. */
function temporaryDirectories({ root }: Sandbox): readonly TemporaryDirectory[] {
  return [
    { directory: `${root}/tmp`, env: { TMPDIR: `${root}/tmp` } },
    { directory: "/tmp", env: {} },
  ];
}

/** Replays a recording with the compiled ccrun, and checks that it prints the answer. */
async function checkBinary(
  { project }: Sandbox,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { stdout } = await new Deno.Command(await ccrun(), {
    args: ["replay", "-q", `${REPOSITORY}/tests/recordings/2.1.197-tools.jsonl`],
    cwd: project,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", ...env },
    stdin: "null",
    // Otherwise a binary that opens a FIFO would never exit.
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertStringIncludes(new TextDecoder().decode(stdout), "All done", JSON.stringify(env));
}

Deno.test("the task compile turns off the code cache, which Deno keeps in a shared directory", async () => {
  assertEquals((await compileWords()).includes("--no-code-cache"), true);
});

testWith(NEEDS, "the binary leaves a planted code cache alone, and creates none", async () => {
  await using sandbox = await makeSandbox();
  const planted = "planted by another user";
  for (const { directory, env } of temporaryDirectories(sandbox)) {
    const path = `${directory}/${CACHE}`;
    await checkBinary(sandbox, env);
    assertEquals(await exists(path), false, path);
    await Deno.writeTextFile(path, planted);
    if (Deno.uid() === 0) await Deno.chown(path, OTHER_USER, OTHER_USER);
    try {
      await checkBinary(sandbox, env);
      assertEquals(await Deno.readTextFile(path), planted);
    } finally {
      await Deno.remove(path);
    }
  }
});

testWith(NEEDS, "a FIFO in place of the code cache does not stop the binary", async () => {
  await using sandbox = await makeSandbox();
  for (const { directory, env } of temporaryDirectories(sandbox)) {
    const path = `${directory}/${CACHE}`;
    assertEquals((await new Deno.Command("mkfifo", { args: [path] }).output()).success, true);
    try {
      await checkBinary(sandbox, env);
    } finally {
      await Deno.remove(path);
    }
  }
});

testWith(
  NEEDS,
  "the binary reads its commit from itself, not from a shared directory",
  async () => {
    await using sandbox = await makeSandbox();
    for (const { directory, env } of temporaryDirectories(sandbox)) {
      // The paths of embedded files begin like this.
      const root = `${directory}/deno-compile-${NAME}`;
      await Deno.mkdir(`${root}/lib/build`, { recursive: true });
      await Deno.writeTextFile(`${root}/lib/build/commit`, "planted");
      try {
        const { stdout } = await new Deno.Command(await ccrun(), {
          args: ["--version"],
          cwd: root,
          clearEnv: true,
          env: { PATH: "/usr/bin:/bin", ...env },
          stdin: "null",
        }).output();
        assertEquals(new TextDecoder().decode(stdout), `ccrun ${VERSION}\n`);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    }
  },
);

/** Files of a repository that Deno or Node would read, each of which creates `pwned`. */
async function plantConfiguration({ project, root }: Sandbox): Promise<void> {
  const evil = `require("node:fs").writeFileSync(${JSON.stringify(`${root}/pwned`)}, "");\n`;
  const files = {
    "evil.cjs": evil,
    "evil.mjs": `import { createRequire } from "node:module";\n` +
      `const require = createRequire(import.meta.url);\n${evil}`,
    "deno.json": JSON.stringify({
      imports: { "string-width": "./evil.mjs", "@std/cli/parse-args": "./evil.mjs" },
      tasks: { ccrun: "deno run -A ./evil.mjs" },
      nodeModulesDir: "manual",
    }),
    "package.json": JSON.stringify({ scripts: { ccrun: "node evil.cjs" } }),
    ".npmrc": "registry=http://127.0.0.1:9/\n",
    ".env": "CCRUN_CLAUDE=./evil.cjs\nNODE_OPTIONS=--require=./evil.cjs\n",
    "node_modules/string-width/package.json": JSON.stringify({ exports: "./index.js" }),
    "node_modules/string-width/index.js": evil,
  };
  await Deno.mkdir(`${project}/node_modules/string-width`, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
}

const ATTACKS = [
  {},
  { NODE_OPTIONS: "--require ./evil.cjs --import ./evil.mjs" },
  { DENO_V8_FLAGS: "--help" },
] as const;

testWith(
  NEEDS,
  "the binary runs no code and no configuration of the current directory",
  async () => {
    await using sandbox = await makeSandbox();
    await plantConfiguration(sandbox);
    for (const env of ATTACKS) {
      await checkBinary(sandbox, env);
      assertEquals(await exists(`${sandbox.root}/pwned`), false);
    }
  },
);

Deno.test("the task ccrun runs no code and no configuration of the current directory", async () => {
  await withFake([], async ({ sandbox }) => {
    await plantConfiguration(sandbox);
    const [deno] = await command({ binary: undefined });
    const { stderr } = await new Deno.Command(deno, {
      args: ["task", "--config", `${REPOSITORY}/deno.json`, "ccrun", "sessions"],
      cwd: sandbox.project,
      clearEnv: true,
      env: { ...sandbox.env(), ...await denoVariables() },
      stdin: "null",
    }).output();
    assertEquals(await exists(`${sandbox.root}/pwned`), false);
    assertStringIncludes(new TextDecoder().decode(stderr), "has no sessions yet");
  });
});

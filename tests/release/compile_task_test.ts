/**
 * Tests `deno task compile` with a small program in place of ccrun.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { compileVariables, whyNotCompiled } from "../support/compile_runtime.ts";
import { REPOSITORY } from "../support/paths.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const GIT = { commands: ["git"] };
const COMPILER = { ...GIT, unless: whyNotCompiled() };

/** Prints its version and its arguments. */
const PROGRAM = `
import { readCommit, VERSION } from "./lib/version.ts";
console.log(VERSION, readCommit(), JSON.stringify(Deno.args));
`;

interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program in a sandbox, asserts that it succeeds, and returns its stdout. */
async function run(
  { env }: Sandbox,
  [command = "", ...args]: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: { ...env(), DENO_NO_UPDATE_CHECK: "1", ...options.env },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, `${command} ${args.join(" ")}: ${decode(stderr)}`);
  return decode(stdout);
}

async function git(sandbox: Sandbox, cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Me", "-c", "user.email=me@example.test"];
  return (await run(sandbox, ["git", ...identity, ...args], { cwd })).trim();
}

/** Creates a directory with the program and the tasks of ccrun, without a repository. */
async function makeSource({ root }: Sandbox, name: string): Promise<string> {
  const directory = `${root}/${name}`;
  await Deno.mkdir(`${directory}/lib/build`, { recursive: true });
  for (const path of ["lib/version.ts", "lib/build/.gitignore", ".gitignore"]) {
    await Deno.copyFile(`${REPOSITORY}/${path}`, `${directory}/${path}`);
  }
  const { tasks } = JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`));
  await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify({ tasks }));
  await Deno.writeTextFile(`${directory}/main.ts`, PROGRAM);
  return directory;
}

/** Creates the same in a repository with one commit. */
async function makeClone(sandbox: Sandbox, name: string): Promise<string> {
  const directory = await makeSource(sandbox, name);
  await git(sandbox, directory, "init", "--quiet");
  await git(sandbox, directory, "add", ".");
  await git(sandbox, directory, "commit", "--quiet", "--message", name);
  return directory;
}

/** Runs the task that writes the commit, and returns what it wrote. */
async function writtenCommit(
  sandbox: Sandbox,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await run(sandbox, [Deno.execPath(), "task", "--quiet", "compile:commit"], { cwd, env });
  return await Deno.readTextFile(`${cwd}/lib/build/commit`);
}

testWith(
  GIT,
  "the commit of a build is the one of its clone, marked if a file was modified",
  async () => {
    await using sandbox = await makeSandbox();
    const clone = await makeClone(sandbox, "clone");
    const commit = (await git(sandbox, clone, "rev-parse", "HEAD")).slice(0, 7);
    // A tag does not replace the commit, and what git ignores or does not know does not count.
    await git(sandbox, clone, "tag", "v1.2.3");
    await Deno.writeTextFile(`${clone}/ccrun`, "an earlier binary");
    await Deno.writeTextFile(`${clone}/notes.txt`, "to do");
    assertEquals(await writtenCommit(sandbox, clone), `${commit}\n`);

    const other = await makeClone(sandbox, "other");
    const variables = { GIT_DIR: `${other}/.git`, GIT_WORK_TREE: other };
    assertEquals(await writtenCommit(sandbox, clone, variables), `${commit}\n`);

    const worktree = `${sandbox.root}/worktree`;
    await git(sandbox, clone, "worktree", "add", "--quiet", worktree);
    assertEquals(await writtenCommit(sandbox, worktree), `${commit}\n`);

    const shallow = `${sandbox.root}/shallow`;
    await git(sandbox, sandbox.root, "clone", "--quiet", "--depth=1", `file://${clone}`, shallow);
    assertEquals(await writtenCommit(sandbox, shallow), `${commit}\n`);

    await Deno.writeTextFile(`${clone}/main.ts`, `${PROGRAM}// changed\n`);
    assertEquals(await writtenCommit(sandbox, clone), `${commit}-modified\n`);
    await git(sandbox, clone, "add", "main.ts");
    assertEquals(await writtenCommit(sandbox, clone), `${commit}-modified\n`);
  },
);

testWith(GIT, "a build outside of a clone, or without git, has no commit", async () => {
  await using sandbox = await makeSandbox();
  const clone = await makeClone(sandbox, "clone");
  assertMatch(await writtenCommit(sandbox, clone), /^[0-9a-f]{7}\n$/);
  assertEquals(await writtenCommit(sandbox, clone, { PATH: "/nonexistent" }), "");
  // A source archive in a repository of the user is not at the commit of that repository.
  assertEquals(await writtenCommit(sandbox, await makeSource(sandbox, "clone/vendor")), "");
  assertEquals(await writtenCommit(sandbox, await makeSource(sandbox, "unpacked")), "");
});

testWith(COMPILER, "deno task compile makes a binary that prints its commit", async () => {
  await using sandbox = await makeSandbox();
  const { COMPILE_DENO, DENORT_BIN } = await compileVariables();
  const cwd = await makeClone(sandbox, "clone");
  const commit = (await git(sandbox, cwd, "rev-parse", "HEAD")).slice(0, 7);
  const compile = [COMPILE_DENO, "task", "compile", "#", "make", "it"];
  await run(sandbox, compile, { cwd, env: { DENORT_BIN } });
  const binary = `${cwd}/ccrun`;
  assertEquals(await run(sandbox, [binary], { cwd }), `${VERSION} ${commit} []\n`);

  // From source, an earlier build does not count.
  const source = ["run", "--allow-read", "main.ts"];
  assertEquals(
    await run(sandbox, [Deno.execPath(), ...source], { cwd }),
    `${VERSION} undefined []\n`,
  );

  await Deno.remove(`${cwd}/.git`, { recursive: true });
  await run(sandbox, compile, { cwd, env: { DENORT_BIN } });
  assertEquals(await run(sandbox, [binary], { cwd }), `${VERSION} undefined []\n`);
});

/** What a shell without comments, such as zsh, or a mistake puts after `deno task compile`. */
const WORDS: readonly (readonly string[])[] = [
  [],
  ["#", "make", "the", "binary"],
  ["it's", '"quoted"', "$(exit 3)", "$HOME"],
  [";", "exit", "3"],
  ["&&", "--help"],
];

testWith(COMPILER, "words after deno task compile are not arguments of the binary", async () => {
  await using sandbox = await makeSandbox();
  const { COMPILE_DENO } = await compileVariables();
  const cwd = await makeSource(sandbox, "source");
  // The arguments are in what Deno appends to its runtime, which does not run here.
  const env = { DENORT_BIN: "/bin/true" };
  for (const deno of [COMPILE_DENO, Deno.execPath()]) {
    for (const words of WORDS) {
      await run(sandbox, [deno, "task", "compile", ...words], { cwd, env });
      const bytes = await Deno.readFile(`${cwd}/ccrun`);
      const [argv] = /"argv":\[[^\]]*\]/.exec(new TextDecoder("latin1").decode(bytes)) ?? [];
      assertEquals(argv, '"argv":[]', `${deno}: ${words.join(" ")}`);
    }
  }
});

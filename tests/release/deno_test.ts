/**
 * The lines in the README for users of Deno: `deno install -g` and `deno task`.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ANSWER, type FakeScene, STORY, withFake } from "../e2e/fake_scene.ts";
import { denoVariables } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import { readDocument } from "../support/readme.ts";
import { startProcess } from "../support/running_process.ts";
import { testWith } from "../support/test_with.ts";

/** Older versions do not resolve the relative paths in the copied deno.json. */
const INSTALL_NEEDS = "2.9.0";

const NEEDS = {
  unless: isAtLeast(Deno.version.deno, INSTALL_NEEDS)
    ? undefined
    : `deno install -g needs Deno ${INSTALL_NEEDS}`,
};

function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) >= 0;
}

/** Returns the line of the README that begins with these words. */
function readmeLine(start: string): string {
  const lines = readDocument("README.md").split("\n").filter((line) => line.startsWith(start));
  assertEquals(lines.length, 1, start);
  return lines[0] ?? "";
}

/** Returns the options for V8, prompts and permissions. */
function runOptions(command: string): readonly string[] {
  const isRunOption = (word: string) => /^--(allow-|deny-|no-prompt$|v8-flags)/.test(word);
  return command.split(" ").filter(isRunOption).toSorted();
}

Deno.test("the tasks and the install line have the same permissions and options", () => {
  const compiled = runOptions(config.tasks.compile.command);
  assertEquals(compiled.filter((word) => word.startsWith("--allow-")).length, 5);
  assertEquals(runOptions(config.tasks.ccrun.command), compiled);
  assertEquals(runOptions(readmeLine("deno install -g ")), compiled);
});

/** The variables that Deno needs to download packages behind a proxy. */
const NETWORK_VARIABLE =
  /^(DENO_CERT|DENO_TLS_CA_STORE|SSL_CERT_\w+|NPM_CONFIG_REGISTRY|\w*_PROXY)$/i;

function networkVariables(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(entries.filter(([name]) => NETWORK_VARIABLE.test(name)));
}

/** Runs a line with `deno` in PATH, and fails unless it succeeds. */
async function runLine({ sandbox }: FakeScene, line: string, cwd: string) {
  const env = {
    ...networkVariables(),
    ...await denoVariables(),
    DENO_INSTALL_ROOT: `${sandbox.root}/deno`,
  };
  await using process = startProcess(["/bin/bash", "-c", line], { sandbox, env, cwd });
  const result = await process.finished;
  assertEquals(result.code, 0, result.stderr);
  return result;
}

testWith(NEEDS, "deno install -g installs, updates and uninstalls ccrun", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox, run, prompt } = scene;
    await Deno.symlink(Deno.execPath(), `${sandbox.bin}/deno`);
    const line = readmeLine("deno install -g ");
    for (const _ of ["install", "update"]) {
      const { stdout, stderr } = await runLine(scene, line, REPOSITORY);
      assertEquals([stdout, stderr], ["", ""]);
    }
    const bin = `${sandbox.root}/deno/bin`;
    const env = await denoVariables();
    const ccrun = (args: readonly string[]) => run(args, { binary: `${bin}/ccrun`, env });

    const version = await ccrun(["--version"]);
    assertStringIncludes(version.stdout, config.version);
    assertEquals([version.stderr, version.code], ["", 0]);
    const answer = await ccrun(["-q", "what's", "*"]);
    assertEquals([answer.stdout, answer.stderr, answer.code], [`${ANSWER}\n`, "", 0]);
    assertEquals(await prompt(), "what's *");
    const [start] = (await ccrun(["--json", "hi"])).events ?? [];
    assert(start?.type === "start");
    assertEquals(start.cwd, sandbox.project);

    await runLine(scene, "deno uninstall -q -g ccrun", sandbox.home);
    assertEquals(await Array.fromAsync(Deno.readDir(bin)), []);
  });
});

Deno.test("deno task runs ccrun in the caller's directory, and prints nothing of its own", async () => {
  await withFake(STORY, async (scene) => {
    const { sandbox, prompt } = scene;
    await Deno.symlink(Deno.execPath(), `${sandbox.bin}/deno`);
    const [command = ""] = readmeLine("deno task -q ").replace("/path/to/ccrun", REPOSITORY)
      .split(' "');
    const answer = await runLine(scene, `${command} -q "what's" '*'`, sandbox.project);
    assertEquals([answer.stdout, answer.stderr], [`${ANSWER}\n`, ""]);
    assertEquals(await prompt(), "what's *");
    const { stdout } = await runLine(scene, `${command} --json hi`, sandbox.project);
    assertStringIncludes(stdout, `"cwd":"${sandbox.project}"`);
  });
});

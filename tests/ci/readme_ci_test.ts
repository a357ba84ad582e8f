/**
 * The README's workflow files: what they name is there. That they run is shown in `e2e/readme_ci_test.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { createEventFactory, NO_USAGE } from "../../lib/events.ts";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { githubOutputs } from "../../lib/ci/github_outputs.ts";
import { readGithubFile } from "../support/github_files.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { fences, readmeSection } from "../support/readme.ts";
import { testWith } from "../support/test_with.ts";
import { bashError, jobsOf, readYaml, stepsOf } from "../support/workflow.ts";

const GITHUB = readmeSection("### GitHub Actions");
const GITLAB = readmeSection("### GitLab CI");
const OTHER = readmeSection("### Other CI") ?? "";

const NEEDS = {
  unless: GITHUB === undefined || GITLAB === undefined ? "the README has no workflows" : undefined,
};

/** Where the README's commands take ccrun from. */
const DOWNLOADS = "https://github.com/ccrun/ccrun/releases/latest/download";

function only(section: string | undefined): string {
  const [block, ...more] = fences(section ?? "", "yaml");
  assert(block !== undefined && more.length === 0, "there must be one block of YAML");
  return block;
}

function githubSteps() {
  return stepsOf(readYaml(only(GITHUB)));
}

/** The scripts of a job of GitLab's. */
function gitlabScripts(): readonly string[] {
  const jobs = Object.values(readYaml(only(GITLAB))).map(asObject);
  return jobs.flatMap(({ before_script, script }) =>
    [...asArray(before_script), ...asArray(script)].map(asString)
  );
}

function scripts(): readonly string[] {
  const steps = githubSteps().map(({ run }) => run).filter((run) => run !== undefined);
  return [...steps, ...gitlabScripts(), ...fences(OTHER, "sh")];
}

/** The words of each call of ccrun in a script, as bash reads them. */
async function ccrunCalls(script: string): Promise<readonly (readonly string[])[]> {
  const joined = script.replaceAll("\\\n", " ");
  const calls = [...joined.matchAll(/^(?:.*\| *| *)ccrun (.*?)(?: [|&]+| *>.*)?$/gm)];
  return await Promise.all(calls.map(async ([, words = ""]) => {
    const child = new Deno.Command("/bin/bash", {
      args: ["-c", `printf '%s\\0' ${words}`],
      clearEnv: true,
      env: { SCHEMA: "{}", RUNNER_TEMP: "/t" },
      stdin: "null",
    });
    const { success, stdout, stderr } = await child.output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  }));
}

/** The names that ccrun's outputs have, with this structured output. */
function outputNames(structured: unknown): ReadonlySet<string> {
  const stamp = createEventFactory(() => null);
  const common = { cost_usd: 0, usage: NO_USAGE, session_id: "s" };
  const { text } = githubOutputs({
    result: stamp({
      ...common,
      type: "result",
      ok: true,
      subtype: "success",
      text: "Done.",
      structured_output: structured,
      turns: 1,
      duration_ms: 1,
      api_duration_ms: 1,
      denials: [],
      errors: [],
    }),
    exit: stamp({
      ...common,
      type: "exit",
      code: 0,
      reason: "success",
      ok: true,
      turns: 1,
      duration_ms: 1,
    }),
  });
  return new Set(readGithubFile(text).keys());
}

testWith(
  NEEDS,
  "the README's workflow scripts are ones that bash can read, with nothing pasted in",
  async () => {
    const all = scripts();
    assert(all.length >= 7, String(all.length));
    for (const script of all) {
      assertEquals([await bashError(script), script.includes("${{")], [undefined, false], script);
    }
  },
);

testWith(NEEDS, "the README's workflows call ccrun with options that it has", async () => {
  let count = 0;
  for (const script of scripts()) {
    for (const words of await ccrunCalls(script)) {
      const line = parseCommandLine(words);
      assertEquals([line.command, line.options.has("timeout")], ["run", true], words.join(" "));
      count++;
    }
  }
  assertEquals(count, 3);
  assertThrows(() => parseCommandLine(["--jsonschema", "x"]));
});

testWith(NEEDS, "the README's workflows fetch what a release has", async () => {
  const run = async (...args: readonly string[]) => {
    const { stdout } = await new Deno.Command(`${REPOSITORY}/.ci/release`, { args: [...args] })
      .output();
    return new TextDecoder().decode(stdout).trim();
  };
  const targets = (await run("targets")).split("\n");
  const assets = await Promise.all(targets.map((target) => run("asset", target)));
  const readme = await Deno.readTextFile(`${REPOSITORY}/README.md`);
  const named = [...readme.matchAll(/ccrun-[\w-]+\.(?:tar\.gz|zip)/g)].map(([name]) => name);
  assert(named.length >= 2);
  assertEquals(named.filter((name) => !assets.includes(name)), []);
  for (const url of readme.matchAll(/https:\/\/\S*\/releases\/\S*?(?=\/[^/\s]*["\s])/g)) {
    assertEquals(url[0], DOWNLOADS);
  }
  for (const section of [GITHUB, GITLAB]) {
    assert(section?.includes(`"${DOWNLOADS}/$file"`) && section.includes("sha256sum --check"));
  }
});

testWith(NEEDS, "the README's workflow uses outputs that ccrun sets", () => {
  const steps = githubSteps();
  const ours = steps.find(({ run }) => /\bccrun --/.test(run ?? ""));
  assert(ours?.id !== undefined);
  const schema = asObject(JSON.parse(ours.env.SCHEMA ?? ""));
  const structured = Object.fromEntries(
    Object.keys(asObject(schema.properties)).map((name) => [name, "x"]),
  );
  const names = outputNames(structured);
  const used = [...only(GITHUB).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
  assert(used.length >= 4);
  for (const [text, id, name = ""] of used) {
    assertEquals([id, names.has(name)], [ours.id, true], text);
  }
  // What the text says of outputs is so as well.
  const said = [
    ...(GITHUB ?? "").matchAll(/`(result|session_id|exit_reason|cost_usd|structured_output)`/g),
  ];
  assertEquals(new Set(said.map(([, name]) => name)).size, 5);
  assert(said.every(([, name = ""]) => names.has(name)));
  return Promise.resolve();
});

testWith(NEEDS, "the README's workflow gives its jobs few rights and a limit of time", async () => {
  const workflow = readYaml(only(GITHUB));
  assertEquals(workflow.permissions, { contents: "read", "pull-requests": "write" });
  for (const { "timeout-minutes": timeout } of jobsOf(workflow).values()) {
    assert(Number(timeout) > 0);
  }
  // Text of others comes by env, never into a script, and secrets only where they are needed.
  const withKey = githubSteps().filter(({ env }) => "ANTHROPIC_API_KEY" in env);
  assertEquals(withKey.map(({ id }) => id), ["review"]);
  // The actions that our own workflows use, in the same versions.
  const own = await Deno.readTextFile(`${REPOSITORY}/.github/workflows/ci.yml`) +
    await Deno.readTextFile(`${REPOSITORY}/.github/workflows/release.yml`);
  for (const { uses } of githubSteps()) {
    assert(uses === undefined || own.includes(`uses: ${uses}\n`));
  }
  const [job] = Object.values(readYaml(only(GITLAB))).map(asObject);
  assertEquals(asObject(job?.artifacts).when, "always");
  assert(job?.timeout !== undefined);
});

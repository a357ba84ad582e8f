/**
 * Checks that the workflows in the documents name what exists. `e2e/readme_ci_test.ts` runs them.
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
import { DOCUMENTS, documentSection, fences, readDocument } from "../support/readme.ts";
import { bashError, jobsOf, readYaml, stepsOf } from "../support/workflow.ts";

const CI_TOPIC = "lib/cli/help/ci.md";
const GITHUB = documentSection(CI_TOPIC, "## GitHub Actions") ?? "";
const GITLAB = documentSection(CI_TOPIC, "## GitLab CI") ?? "";
const OTHER = documentSection(CI_TOPIC, "## Other CI") ?? "";
const README = documentSection("README.md", "## In CI") ?? "";

const DOWNLOADS = "https://github.com/ccrun/ccrun/releases/latest/download";

/** Returns the YAML block of a section, which must have exactly one. */
function yamlBlock(section: string): string {
  const [block, ...more] = fences(section, "yaml");
  assert(block !== undefined && more.length === 0, "there must be one block of YAML");
  return block;
}

function githubSteps() {
  return stepsOf(readYaml(yamlBlock(GITHUB)));
}

/** Returns the steps of the README's example, which is a list of steps without a workflow. */
function readmeSteps() {
  const steps = yamlBlock(README).replaceAll(/^/gm, "      ");
  return stepsOf(readYaml(`jobs:\n  review:\n    steps:\n${steps}`));
}

function gitlabScripts(): readonly string[] {
  const jobs = Object.values(readYaml(yamlBlock(GITLAB))).map(asObject);
  return jobs.flatMap(({ before_script, script }) =>
    [...asArray(before_script), ...asArray(script)].map(asString)
  );
}

function scripts(): readonly string[] {
  const steps = [...githubSteps(), ...readmeSteps()].flatMap(({ run }) => run ?? []);
  return [...steps, ...gitlabScripts(), ...fences(OTHER, "sh")];
}

/** Returns the arguments of each call of ccrun in a script, as bash splits them. */
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

/** Returns the names of the outputs that ccrun sets with this structured output. */
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

Deno.test("the scripts in the documents are valid bash without expressions of the runner", async () => {
  const all = scripts();
  assert(all.length >= 8, String(all.length));
  for (const script of all) {
    assertEquals([await bashError(script), script.includes("${{")], [undefined, false], script);
  }
});

Deno.test("the workflows in the documents call ccrun with options that exist and a timeout", async () => {
  let count = 0;
  for (const script of scripts()) {
    for (const words of await ccrunCalls(script)) {
      const line = parseCommandLine(words);
      assertEquals([line.command, line.options.has("timeout")], ["run", true], words.join(" "));
      count++;
    }
  }
  assertEquals(count, 4);
  assertThrows(() => parseCommandLine(["--jsonschema", "x"]));
});

Deno.test("the documents download assets that a release has, and check their sums", async () => {
  const run = async (...args: readonly string[]) => {
    const { stdout } = await new Deno.Command(`${REPOSITORY}/.ci/release`, { args: [...args] })
      .output();
    return new TextDecoder().decode(stdout).trim();
  };
  const targets = (await run("targets")).split("\n");
  const assets = await Promise.all(targets.map((target) => run("asset", target)));
  const text = DOCUMENTS.map(readDocument).join("\n");
  const named = [...text.matchAll(/ccrun-[\w-]+\.(?:tar\.gz|zip)/g)].map(([name]) => name);
  assert(named.length >= 4);
  assertEquals(named.filter((name) => !assets.includes(name)), []);
  for (const url of text.matchAll(/https:\/\/\S*\/releases\/\S*?(?=\/[^/\s]*["\s])/g)) {
    assertEquals(url[0], DOWNLOADS);
  }
  for (const section of [GITHUB, GITLAB]) {
    assert(section.includes(`"${DOWNLOADS}/$file"`) && section.includes("sha256sum --check"));
  }
});

Deno.test("the workflow for GitHub uses outputs that ccrun sets", () => {
  const steps = githubSteps();
  const review = steps.find(({ run }) => /\bccrun --/.test(run ?? ""));
  assert(review?.id !== undefined);
  const schema = asObject(JSON.parse(review.env.SCHEMA ?? ""));
  const structured = Object.fromEntries(
    Object.keys(asObject(schema.properties)).map((name) => [name, "x"]),
  );
  const names = outputNames(structured);
  const used = [...yamlBlock(GITHUB).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
  assert(used.length >= 4);
  for (const [text, id, name = ""] of used) {
    assertEquals([id, names.has(name)], [review.id, true], text);
  }
  const documented = [
    ...GITHUB.matchAll(/`(result|session_id|exit_reason|cost_usd|structured_output)`/g),
  ];
  assertEquals(new Set(documented.map(([, name]) => name)).size, 5);
  assert(documented.every(([, name = ""]) => names.has(name)));
});

Deno.test("the workflows in the documents have few permissions and a time limit", async () => {
  const workflow = readYaml(yamlBlock(GITHUB));
  assertEquals(workflow.permissions, { contents: "read", "pull-requests": "write" });
  for (const { "timeout-minutes": timeout } of jobsOf(workflow).values()) {
    assert(Number(timeout) > 0);
  }
  // Only the step that needs the secret gets it.
  const withKey = githubSteps().filter(({ env }) => "ANTHROPIC_API_KEY" in env);
  assertEquals(withKey.map(({ id }) => id), ["review"]);
  // The actions have the versions that the project's own workflows use.
  const own = await Deno.readTextFile(`${REPOSITORY}/.github/workflows/ci.yml`) +
    await Deno.readTextFile(`${REPOSITORY}/.github/workflows/release.yml`);
  for (const { uses } of githubSteps()) {
    assert(uses === undefined || own.includes(`uses: ${uses}\n`));
  }
  const [job] = Object.values(readYaml(yamlBlock(GITLAB))).map(asObject);
  assertEquals(asObject(job?.artifacts).when, "always");
  assert(job?.timeout !== undefined);
});

/**
 * Checks that the workflows in the documents name what exists. `e2e/readme_ci_test.ts` runs them.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { createEventFactory, NO_USAGE } from "../../lib/events.ts";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { githubOutputs } from "../../lib/ci/github_outputs.ts";
import { readGithubFile } from "../support/github_files.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import {
  DOCUMENTS,
  documentSection,
  fences,
  markdownTables,
  readDocument,
} from "../support/readme.ts";
import { bashError, jobsOf, readYaml, stepsOf, type WorkflowStep } from "../support/workflow.ts";

const CI_TOPIC = "lib/cli/help/ci.md";
const GITHUB = documentSection(CI_TOPIC, "## GitHub Actions") ?? "";
const GITLAB = documentSection(CI_TOPIC, "## GitLab CI") ?? "";
const OTHER = documentSection(CI_TOPIC, "## Other CI") ?? "";
const README = documentSection("README.md", "## In CI") ?? "";

const ACTION = readYaml(await Deno.readTextFile(`${REPOSITORY}/.github/actions/run/action.yml`));

/** The options that the action passes to ccrun first. */
const ACTION_OPTIONS = ["--setting-sources", "user", "--strict-mcp-config", "--no-stdin"];

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
      stdin: "null",
    });
    const { success, stdout, stderr } = await child.output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  }));
}

/** Returns the steps in the documents that use the action. */
function actionSteps(): readonly WorkflowStep[] {
  const used = `ccrun/ccrun/.github/actions/run@v${config.version}`;
  return [...readmeSteps(), ...githubSteps()].filter(({ uses }) => uses === used);
}

/** Returns the arguments of ccrun in a step that uses the action, as the action splits them. */
async function actionArgs({ with: { args = "" } }: WorkflowStep): Promise<readonly string[]> {
  const child = new Deno.Command("/bin/bash", {
    args: ["-ec", `source words.sh; split_words "$1"; printf '%s\\0' "\${words[@]}"`, "bash", args],
    cwd: `${REPOSITORY}/.github/actions/run`,
    clearEnv: true,
    stdin: "null",
  });
  const { success, stdout } = await child.output();
  assert(success, args);
  return [
    ...ACTION_OPTIONS,
    "-p",
    "hi",
    ...new TextDecoder().decode(stdout).split("\0").slice(0, -1),
  ];
}

/** Returns the names of the outputs that ccrun sets. */
function outputNames(): ReadonlySet<string> {
  const stamp = createEventFactory(() => null);
  const common = { cost_usd: 0, usage: NO_USAGE, session_id: "s" };
  const { text } = githubOutputs({
    result: stamp({
      ...common,
      type: "result",
      ok: true,
      subtype: "success",
      text: "Done.",
      structured_output: [],
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
  assert(all.length >= 7, String(all.length));
  for (const script of all) {
    assertEquals([await bashError(script), script.includes("${{")], [undefined, false], script);
  }
});

Deno.test("the workflows in the documents call ccrun with options that exist and a timeout", async () => {
  const calls = [
    ...(await Promise.all(scripts().map(ccrunCalls))).flat(),
    ...await Promise.all(actionSteps().map(actionArgs)),
  ];
  assertEquals(calls.length, 4);
  for (const words of calls) {
    const line = parseCommandLine(words);
    assertEquals([line.command, line.options.has("timeout")], ["run", true], words.join(" "));
  }
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
  assert(GITLAB.includes(`"${DOWNLOADS}/$file"`) && GITLAB.includes("sha256sum --check"));
});

Deno.test("the documents use the action of this version, and the README in ten lines", () => {
  assertEquals(actionSteps().map(({ id }) => id), ["review", "review"]);
  const readme = yamlBlock(README);
  assert(readme.trim().split("\n").length <= 10, readme);
  const inputs = Object.keys(asObject(ACTION.inputs));
  for (const step of actionSteps()) {
    assertEquals(Object.keys(step.with).filter((name) => !inputs.includes(name)), []);
    assertEquals(Object.keys(step.env), ["ANTHROPIC_API_KEY"]);
  }
});

Deno.test("the documents list the inputs and outputs of the action, and the outputs are those of ccrun", () => {
  const [inputs = [], outputs = []] = markdownTables(GITHUB);
  const namesIn = (rows: readonly string[][]) =>
    rows.flatMap(([cell = ""]) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name));
  const declared = asObject(ACTION.inputs);
  assertEquals(namesIn(inputs).toSorted(), Object.keys(declared).toSorted());
  for (const [names = "", meaning = ""] of inputs) {
    const [, value] = /\(default: `?(.*?)`?\)/.exec(meaning) ?? [];
    const name = names.replaceAll("`", "");
    if (value !== undefined) assertEquals(asObject(declared[name]).default, value, name);
  }
  const names = Object.keys(asObject(ACTION.outputs)).toSorted();
  assertEquals(namesIn(outputs).toSorted(), names);
  assertEquals([...outputNames()].toSorted(), names);
});

Deno.test("the workflow for GitHub reads outputs of the action and fields of its schema", async () => {
  const [step] = actionSteps().slice(1);
  assert(step !== undefined);
  const args = await actionArgs(step);
  const schema = asObject(JSON.parse(args[args.indexOf("--json-schema") + 1] ?? ""));
  const outputs = asObject(ACTION.outputs);
  const used = [...yamlBlock(GITHUB).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)(?:\)\.(\w+))?/g)];
  assert(used.length >= 4);
  for (const [text, id, name = "", field] of used) {
    assertEquals([id, name in outputs], ["review", true], text);
    if (field !== undefined) assert(field in asObject(schema.properties), text);
  }
});

Deno.test("options in args override those of the action, as the documents say", () => {
  const [, text = ""] =
    /`(--setting-sources user,[^`]*)` in `args`/.exec(GITHUB.replaceAll("\n", " ")) ?? [];
  const { options } = parseCommandLine([...ACTION_OPTIONS, ...text.split(" ")]);
  assertEquals(options.get("setting-sources")?.values, ["user,project"]);
  assertEquals(options.get("mcp-config")?.values, [".mcp.json"]);
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
    if (uses === undefined || uses.startsWith("ccrun/")) continue;
    assert(own.includes(`uses: ${uses}\n`), uses);
  }
  const [job] = Object.values(readYaml(yamlBlock(GITLAB))).map(asObject);
  assertEquals(asObject(job?.artifacts).when, "always");
  assert(job?.timeout !== undefined);
});

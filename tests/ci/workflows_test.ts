/**
 * Tests the project's own workflows and its action on GitHub.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import type { EnvVariable } from "../../lib/claude/config_files.ts";
import { findCredentials } from "../../lib/claude/credentials.ts";
import { TESTED_VERSIONS } from "../../lib/claude/version.ts";
import { asArray, asObject, asString, type JsonObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";
import { bashError, jobsOf, readYaml, stepOf, stepsOf } from "../support/workflow.ts";

const FOLDER = `${REPOSITORY}/.github/workflows`;
const ACTION_FOLDER = `${REPOSITORY}/.github/actions/run`;

async function workflows(): Promise<ReadonlyMap<string, JsonObject>> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  const read = async (name: string) =>
    [name, readYaml(await Deno.readTextFile(`${FOLDER}/${name}`))] as const;
  return new Map(await Promise.all(names.toSorted().map(read)));
}

async function workflow(name: string): Promise<JsonObject> {
  const found = (await workflows()).get(name);
  assert(found !== undefined, name);
  return found;
}

/** Returns the values of a name in the matrix of a job. */
function inMatrix(job: JsonObject, name: string): readonly string[] {
  return asArray(asObject(asObject(job.strategy).matrix).include)
    .map((entry) => asObject(entry)[name])
    .filter((value) => value !== undefined)
    .map(asString);
}

/** Returns the shell scripts of a workflow. */
function scriptsOf(workflow: JsonObject): readonly string[] {
  const steps = stepsOf(workflow).map(({ run }) => run).filter((run) => run !== undefined);
  const matrices = [...jobsOf(workflow).values()]
    .filter(({ strategy }) => strategy !== undefined)
    .flatMap((job) => inMatrix(job, "run"));
  return [...steps.filter((run) => run !== "${{ matrix.run }}"), ...matrices];
}

Deno.test("the scripts of the workflows are valid bash without expressions of the runner", async () => {
  const all = [...(await workflows()).values()].flatMap(scriptsOf);
  assert(all.length > 8, String(all.length));
  for (const script of all) {
    assertEquals([await bashError(script), script.includes("${{")], [undefined, false], script);
  }
});

Deno.test("the jobs of the workflows have a time limit, and only those that publish can write", async () => {
  for (const [name, workflow] of await workflows()) {
    assertEquals(workflow.permissions, { contents: "read" }, name);
    assert(workflow.concurrency !== undefined, name);
    for (const [job, { "timeout-minutes": timeout, uses, permissions }] of jobsOf(workflow)) {
      assert(uses !== undefined || Number(timeout) > 0, `${name}: ${job} has no timeout`);
      const mayWrite = permissions !== undefined;
      const publishes = name === "release.yml" && (job === "publish" || job === "npm");
      assertEquals(mayWrite, publishes, `${name}: ${job}`);
    }
  }
});

Deno.test("the actions of the workflows have known owners and one major version each", async () => {
  const uses = new Map<string, Set<string>>();
  for (const workflow of (await workflows()).values()) {
    for (const { uses: used } of stepsOf(workflow)) {
      if (used === undefined) continue;
      assertMatch(used, /^(actions|denoland)\/[a-z-]+@v\d+$/);
      const [action = "", version = ""] = used.split("@");
      uses.set(action, (uses.get(action) ?? new Set()).add(version));
    }
  }
  assert(uses.has("actions/checkout"));
  for (const [action, versions] of uses) assertEquals(versions.size, 1, action);
});

Deno.test("the workflows use the Deno of .ci/run, and the oldest one that the README names", async () => {
  const run = await Deno.readTextFile(`${REPOSITORY}/.ci/run`);
  const [, current = ""] = /deno@(\d+\.\d+\.\d+) task ok/.exec(run) ?? [];
  const readme = await Deno.readTextFile(`${REPOSITORY}/README.md`);
  const [, oldest = ""] = /Deno\]\(https:\/\/deno\.com\) (\d+\.\d+) or later/.exec(readme) ?? [];
  assert(current !== "" && oldest !== "");
  const ci = await Deno.readTextFile(`${FOLDER}/ci.yml`);
  const versions = new Set([...ci.matchAll(/deno@([\d.]+)/g)].map(([, version]) => version));
  assertEquals([...versions].toSorted(), [`${oldest}.0`, current].toSorted());
  const release = await Deno.readTextFile(`${FOLDER}/release.yml`);
  const pinned = [...release.matchAll(/deno-version: (.*)/g)].map(([, version]) => version);
  assertEquals([...new Set(pinned)], [current]);
});

Deno.test("CI tests Linux, macOS, Windows and the binary", async () => {
  const ci = await workflow("ci.yml");
  const test = jobsOf(ci).get("test") ?? {};
  const systems = inMatrix(test, "os");
  const runs = inMatrix(test, "run");
  assertEquals(runs.map((run, at) => run === ".ci/run" ? systems[at] : "").filter(Boolean), [
    "ubuntu-latest",
    "macos-latest",
  ]);
  assert(runs.some((run) => run.includes("task compile") && run.includes("CCRUN_TEST_BINARY=")));
  const windows = stepsOf(ci).filter(({ job }) => job === "windows").map(({ run }) => run);
  assert(windows.some((run) => run?.endsWith("test -A tests/smoke_test.ts")));
  // The test paths in the scripts exist.
  for (const [path = ""] of scriptsOf(ci).join("\n").matchAll(/\btests\/\S+/g)) {
    await Deno.stat(`${REPOSITORY}/${path}`);
  }
});

Deno.test("a release is published after CI and after the smoke test of each archive", async () => {
  const release = await workflow("release.yml");
  const jobs = jobsOf(release);
  assertEquals(asObject(jobs.get("publish")).needs, ["version", "ci", "build", "smoke"]);
  assertEquals(asObject(jobs.get("ci")).uses, "./.github/workflows/ci.yml");
  assert("workflow_call" in asObject((await workflow("ci.yml")).on));
  const { stdout } = await new Deno.Command(`${REPOSITORY}/.ci/release`, {
    args: ["targets"],
    stdin: "null",
  }).output();
  const targets = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(inMatrix(asObject(jobs.get("smoke")), "target"), targets);
  assertEquals(targets.length, 5);
  const smoke = stepsOf(release).find(({ run }) => run?.includes(".ci/release smoke"));
  assertEquals(smoke?.env.RELEASE_COMMIT, "${{ github.sha }}");
});

Deno.test("the npm packages are published after the archives, with provenance and without a token", async () => {
  const release = await workflow("release.yml");
  const { needs, permissions } = asObject(jobsOf(release).get("npm"));
  assertEquals(needs, ["version", "publish"]);
  assertEquals(permissions, { contents: "read", "id-token": "write" });
  const steps = stepsOf(release);
  const scripts = (job: string) =>
    steps.filter((step) => step.job === job && step.run !== undefined).map(({ run }) => run);
  assertEquals(scripts("npm"), [".ci/release publish npm --provenance"]);
  assertEquals(scripts("build").at(-1), ".ci/release npm dist");
  const text = await Deno.readTextFile(`${FOLDER}/release.yml`);
  assertEquals(/registry|NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./.exec(text), null);
});

Deno.test("the workflows call subcommands that .ci/release has", async () => {
  const called = [...(await workflows()).values()].flatMap(scriptsOf).join("\n")
    .matchAll(/\.ci\/release (\w+)/g);
  const names = new Set([...called].map(([, name = ""]) => name));
  const script = await Deno.readTextFile(`${REPOSITORY}/.ci/release`);
  assertEquals([...names].toSorted(), [
    ...["archive", "asset", "npm", "publish"],
    ...["smoke", "sums", "targets", "version"],
  ]);
  for (const name of names) assertMatch(script, new RegExp(`^ {2}${name}\\) `, "m"));
});

async function action(): Promise<JsonObject> {
  return readYaml(await Deno.readTextFile(`${ACTION_FOLDER}/action.yml`));
}

Deno.test("the action installs the versions of this repository by default", async () => {
  const inputs = asObject((await action()).inputs);
  assertEquals(asObject(inputs["ccrun-version"]).default, config.version);
  assertEquals(asObject(inputs["claude-version"]).default, TESTED_VERSIONS.newest);
  for (const [name, input] of Object.entries(inputs)) {
    const { description, default: value } = asObject(input);
    assert(asString(description) !== "" && typeof value === "string", name);
  }
});

Deno.test("the action uses no other action, and its steps call scripts without expressions", async () => {
  const steps = asArray(asObject((await action()).runs).steps)
    .map((step) => stepOf("action", asObject(step)));
  assertEquals(steps.map(({ uses, shell }) => [uses, shell]), [
    [undefined, "bash"],
    [undefined, "bash"],
  ]);
  for (const { run = "" } of steps) {
    assertEquals([await bashError(run), run.includes("${{")], [undefined, false], run);
    const called = [...run.matchAll(/"\$GITHUB_ACTION_PATH\/([\w-]+\.sh)"/g)];
    assert(called.length > 0, run);
    for (const [, name] of called) {
      const { mode } = await Deno.stat(`${ACTION_FOLDER}/${name}`);
      assertEquals((mode ?? 0) & 0o111, 0o111, name);
    }
  }
});

/** Returns the variables that can contain a credential of Claude Code. A descriptor is only a number. */
function credentialVariables(): readonly string[] {
  const everyVariable = new Map<string, EnvVariable>();
  everyVariable.get = () => ({ value: "Authorization: placeholder" });
  return findCredentials({ settings: [], state: undefined, login: undefined }, everyVariable)
    .filter(({ kind }) => kind !== "file_descriptor").map(({ name }) => name);
}

Deno.test("only the step of the action that runs ccrun has the credentials of Claude Code", async () => {
  const [prepare, run] = asArray(asObject((await action()).runs).steps)
    .map((step) => stepOf("action", asObject(step)));
  const names = credentialVariables();
  assert(names.includes("ANTHROPIC_API_KEY") && names.length >= 5, names.join());
  for (const name of names) assertEquals([name, prepare?.env[name]], [name, ""]);
  const kept = Object.entries(run?.env ?? {}).filter(([, value]) => value === "");
  assertEquals(kept, []);
});

testWith(
  { commands: ["shellcheck"] },
  "the scripts of the action are clean in shellcheck",
  async () => {
    const scripts = (await Array.fromAsync(Deno.readDir(ACTION_FOLDER), ({ name }) => name))
      .filter((name) => name.endsWith(".sh"));
    assert(scripts.length >= 4);
    const { stdout, success } = await new Deno.Command("shellcheck", {
      args: ["--external-sources", ...scripts],
      cwd: ACTION_FOLDER,
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stdout));
  },
);

/**
 * Runs the workflows of `ccrun help ci` as a runner does: their scripts in bash, in the runner's
 * environment, with the real Claude Code. Stubs for `curl` and `npm` provide the downloads.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { shellQuote } from "../../lib/util/shell_quote.ts";
import { text, toolUse } from "../support/api_reply.ts";
import { command, denoVariables } from "../support/ccrun.ts";
import { sinceClaude } from "../support/claude.ts";
import { readGithubFile } from "../support/github_files.ts";
import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { documentSection, fences } from "../support/readme.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { readYaml, stepsOf } from "../support/workflow.ts";
import { type Scene, withScene } from "./scene.ts";
import { writeExecutable } from "../support/executable.ts";

const CI_TOPIC = "lib/cli/help/ci.md";
const [GITHUB = ""] = fences(documentSection(CI_TOPIC, "## GitHub Actions") ?? "", "yaml");
const [GITLAB = ""] = fences(documentSection(CI_TOPIC, "## GitLab CI") ?? "", "yaml");

const NEEDS = {
  commands: ["bash", "git", "tar", "sha256sum"],
  ...sinceClaude("2.1.0", "Claude Code 2.0 has no --json-schema"),
};

const KEY = "sk-placeholder-of-the-repository";

/** The values of the expressions in the workflow. */
const CONTEXT: Readonly<Record<string, string>> = {
  "secrets.ANTHROPIC_API_KEY": KEY,
  "github.token": "ghs_placeholder",
  "github.repository": "ada/till",
  "github.event.pull_request.number": "7",
};

/** The asset of a release that the documents download. */
const ASSET = "ccrun-x86_64-unknown-linux-gnu.tar.gz";

/** Runs a script in the repository with the shell options of the runner. */
type RunScript = (
  script: string,
  env: Readonly<Record<string, string>>,
) => Promise<Pick<ProcessResult, "code" | "stdout" | "stderr">>;

/** A scene with a repository that has a change, and with a release of ccrun. */
interface Job extends Omit<Scene, "shell"> {
  readonly shell: RunScript;
  /** The PATH of a step. */
  readonly path: string;
  /** Returns the calls of the stub with this name. */
  log(name: string): Promise<string>;
}

/**
 * Prepares the repository and the release.
 *
 * @param fakeResult the result of a fake claude that is installed instead of the real one
 */
async function withJob(
  replies: Parameters<typeof withScene>[0],
  act: (job: Job) => Promise<void>,
  fakeResult?: string,
): Promise<void> {
  await withScene(replies, async (scene) => {
    const { sandbox } = scene;
    const shell = await createShell(scene);
    await makeRelease(sandbox, shell);
    await makeRepository(shell);
    const claude = fakeResult === undefined
      ? scene.claude
      : await fakeClaude(sandbox, `head -n 1 >/dev/null\n${emit(initLine(), fakeResult)}`);
    await writeStubs(sandbox, claude);
    await act({
      ...scene,
      shell,
      path: sandbox.env().PATH ?? "",
      log: (name) => Deno.readTextFile(`${sandbox.root}/${name}.log`).catch(() => ""),
    });
  });
}

async function createShell({ sandbox, api }: Scene): Promise<RunScript> {
  const file = `${sandbox.root}/step.sh`;
  const base = {
    ...await denoVariables(),
    CI: "true",
    GIT_CONFIG_GLOBAL: "/dev/null",
    // Only the step that needs the key gets it.
    ANTHROPIC_API_KEY: undefined,
  };
  return async (script, env) => {
    await Deno.writeTextFile(file, script);
    const words = ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", file] as const;
    await using process = startProcess(words, {
      sandbox,
      apiUrl: api.url,
      env: { ...base, ...env },
    });
    return await process.finished;
  };
}

/** Makes a release of the ccrun under test. Its checksums include another asset. */
async function makeRelease({ root }: Sandbox, shell: RunScript): Promise<void> {
  const content = `${root}/release/content`;
  await Deno.mkdir(content, { recursive: true });
  const words = (await command()).map(shellQuote).join(" ");
  await writeCommand(`${content}/ccrun`, `exec ${words} "$@"`);
  await Deno.writeTextFile(`${content}/README.md`, "# ccrun\n");
  const { code, stderr } = await shell(
    `cd '${root}/release'; tar -C content -czf ${ASSET} ccrun README.md
    touch ccrun-other.tar.gz; sha256sum *.tar.gz >SHA256SUMS; rm ccrun-other.tar.gz`,
    {},
  );
  assertEquals([code, stderr], [0, ""]);
}

/** Makes a repository whose last commit merges a change. */
async function makeRepository(shell: RunScript): Promise<void> {
  const { code, stderr } = await shell(
    `git init -q -b main; git config user.email a@b.c; git config user.name A
    git add -A; git commit -qm One; git checkout -qb change; echo 'goodbye' >>notes.txt
    git commit -qam Two; git checkout -q main; git merge -q --no-ff -m Merge change
    git remote add origin https://github.invalid/ada/till`,
    {},
  );
  assertEquals([code, stderr], [0, ""]);
}

/** Writes commands that record their arguments and act as downloads from the release. */
async function writeStubs({ root, bin }: Sandbox, claude: string): Promise<void> {
  await writeCommand(
    `${bin}/curl`,
    `url="\${@: -1}"; echo "$*" >>'${root}/curl.log'
    [[ $url == https://github.com/ccrun/ccrun/releases/latest/download/* ]] || exit 22
    cp '${root}/release'/"\${url##*/}" .`,
  );
  await writeCommand(
    `${bin}/npm`,
    `echo "$*" >>'${root}/npm.log'; ln -s ${shellQuote(claude)} '${bin}/claude'`,
  );
  await writeCommand(`${bin}/gh`, `{ echo "$*"; cat; } >>'${root}/gh.log'`);
}

async function writeCommand(path: string, script: string): Promise<void> {
  await writeExecutable(path, `#!/bin/bash\n${script}\n`);
}

/** The outcome of a step. */
interface StepOutcome {
  readonly name: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the workflow for GitHub, with new files for the outputs of each step. */
async function runGithub(
  { sandbox, shell, path: initialPath }: Job,
): Promise<{ ended: readonly StepOutcome[]; outputs: ReadonlyMap<string, string>; temp: string }> {
  const temp = `${sandbox.root}/runner`;
  await Deno.mkdir(temp);
  const outputs = new Map<string, string>();
  const ended: StepOutcome[] = [];
  let path = initialPath;
  const valueOf = (expression: string): string => {
    const name = expression.trim();
    if (name === "runner.temp") return temp;
    return CONTEXT[name] ?? outputs.get(name.replace(/^steps\.(.*)\.outputs\./, "$1.")) ?? "";
  };
  const filled = (text: string) =>
    text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => valueOf(expression));
  let hasFailed = false;
  for (const [at, step] of stepsOf(readYaml(GITHUB)).entries()) {
    if (step.run === undefined) continue;
    const condition = step.if ?? "";
    const [, left = "", right = ""] = /^(\S+) == '(.*)'$/.exec(condition) ?? [];
    assert(condition === "" || condition === "always()" || left !== "", condition);
    if (condition !== "always()" && hasFailed) continue;
    if (left !== "" && valueOf(left) !== right) continue;
    const files = Object.fromEntries(
      ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"].map((name) =>
        [`GITHUB_${name}`, `${temp}/${at}.${name}`] as const
      ),
    );
    for (const file of Object.values(files)) await Deno.writeTextFile(file, "");
    const env = Object.fromEntries(
      Object.entries(step.env).map(([name, value]) => [name, filled(value)]),
    );
    const { code, stdout, stderr } = await shell(step.run, {
      ...files,
      GITHUB_ACTIONS: "true",
      RUNNER_TEMP: temp,
      PATH: path,
      ...env,
    });
    hasFailed ||= code !== 0;
    ended.push({ name: step.id ?? step.run, code, stdout, stderr });
    for (const folder of (await Deno.readTextFile(files.GITHUB_PATH ?? "")).split("\n")) {
      if (folder !== "") path = `${folder}:${path}`;
    }
    const set = readGithubFile(await Deno.readTextFile(files.GITHUB_OUTPUT ?? ""));
    for (const [name, value] of set) outputs.set(`${step.id}.${name}`, value);
    const summary = await Deno.readTextFile(files.GITHUB_STEP_SUMMARY ?? "");
    if (summary !== "") outputs.set(`${step.id} summary`, summary);
  }
  return { ended, outputs, temp };
}

const FINDINGS = "The greeting `$(touch pwned)` is gone; see:\n\n- notes.txt, the last line";

testWith(
  NEEDS,
  "the workflow for GitHub installs ccrun, reviews the change and comments",
  async () => {
    const review = toolUse("StructuredOutput", { verdict: "approve", findings: FINDINGS });
    await withJob([review, text("Never.")], async (job) => {
      const { ended, outputs, temp } = await runGithub(job);
      const outcome = JSON.stringify(ended, null, 2);
      assertEquals(ended.map(({ code }) => code), [0, 0, 0, 0, 0], outcome);
      // The checksum of the archive was compared.
      assertStringIncludes(ended[0]?.stdout ?? "", `${ASSET}: OK`);
      assertMatch(
        await job.log("npm"),
        /^install --global @anthropic-ai\/claude-code@\d+\.\d+\.\d+\n$/,
      );

      // The model received the change.
      const [first] = job.turns();
      assertMatch(first?.userText ?? "", /Review this change[\s\S]*\+goodbye/);

      assertEquals(outputs.get("review.exit_reason"), "success");
      assertEquals(outputs.get("review.verdict"), "approve");
      assertEquals(outputs.get("review.findings"), FINDINGS);
      assertEquals(await job.log("gh"), `pr comment 7 --body-file -\n${FINDINGS}\n`);
      assertMatch(ended.at(-1)?.stdout ?? "", /^success, [\d.]+ dollars\n$/);

      // The summary is on the run's page and in the artifact. Neither contains the key.
      const summary = await Deno.readTextFile(`${temp}/review.md`);
      assertStringIncludes(summary, "notes.txt, the last line");
      assertStringIncludes(outputs.get("review summary") ?? "", "notes.txt, the last line");
      assertEquals([summary, outcome].filter((text) => text.includes(KEY)), []);
      assertEquals(ended[1]?.stdout, "");
    });
  },
);

testWith(
  NEEDS,
  "the workflow for GitHub fails if changes are requested",
  async () => {
    const result = resultLine({
      structured_output: { verdict: "request_changes", findings: FINDINGS },
    });
    await withJob([], async (job) => {
      const { ended, outputs } = await runGithub(job);
      const outcome = JSON.stringify(ended, null, 2);
      assertEquals(ended.map(({ code }) => code), [0, 0, 0, 1, 0], outcome);
      assertEquals(outputs.get("review.verdict"), "request_changes");
      assertMatch(await job.log("gh"), /^pr comment 7/);
    }, result);
  },
);

testWith(
  NEEDS,
  "the workflow for GitHub prints the outcome of a failed run and does not comment",
  async () => {
    await withJob([], async (job) => {
      const { ended, outputs, temp } = await runGithub(job);
      const outcome = JSON.stringify(ended, null, 2);
      assertEquals(ended.map(({ code }) => code), [0, 6, 0], outcome);
      assertEquals(outputs.get("review.exit_reason"), "output");
      assertMatch(ended.at(-1)?.stdout ?? "", /^output, [\d.]+ dollars\n$/);
      assertEquals(await job.log("gh"), "");
      assertMatch(ended[1]?.stderr ?? "", /^::error/m);
      assertStringIncludes(await Deno.readTextFile(`${temp}/review.md`), "structured output");
    }, resultLine({ result: "I would rather not." }));
  },
);

testWith(
  NEEDS,
  "the workflow for GitHub stops at an archive with a wrong checksum",
  async () => {
    await withJob([], async (job) => {
      const archive = `${job.sandbox.root}/release/${ASSET}`;
      await Deno.writeTextFile(archive, "x", { append: true });
      const { ended } = await runGithub(job);
      assertEquals(ended.map(({ code }) => code), [1, 0], JSON.stringify(ended, null, 2));
      assertEquals(await job.log("npm"), "");
    });
  },
);

testWith(
  NEEDS,
  "the job for GitLab reviews the change and keeps its summary",
  async () => {
    await withJob([text("Fix the **last line** of notes.txt first.")], async (job) => {
      const { project, root } = job.sandbox;
      const [review] = Object.values(readYaml(GITLAB)).map(asObject);
      const [before = ""] = asArray(review?.before_script).map(asString);
      const [script = ""] = asArray(review?.script).map(asString);
      const base = await job.shell("git rev-parse HEAD^1", {});
      const env = {
        GITLAB_CI: "true",
        CI_PROJECT_DIR: project,
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base.stdout.trim(),
        ANTHROPIC_API_KEY: KEY,
      };
      // The job runs in a container. Here, its directories are in the sandbox.
      await Deno.mkdir(`${root}/container`);
      const places = before
        .replaceAll(/\bcd \/tmp\b/g, `cd '${root}/container'`)
        .replaceAll(/-C \/usr\/local\/bin\b/g, `-C '${job.sandbox.bin}'`);
      assert(!/ \/(?:tmp|usr)\b/.test(places), places);
      const { code, stdout, stderr } = await job.shell(`${places}\n${script}`, env);
      assertEquals(code, 0, `${stdout}\n${stderr}`);
      assertMatch(job.turns()[0]?.userText ?? "", /Review this change[\s\S]*\+goodbye/);
      const kept = asArray(asObject(review?.artifacts).paths).map(asString);
      assertEquals(kept, ["ccrun-summary.md", "review.md"]);
      for (const name of kept) {
        assertStringIncludes(await Deno.readTextFile(`${project}/${name}`), "**last line**", name);
      }
      assertEquals(`${stdout}${stderr}`.includes(KEY), false);
    });
  },
);

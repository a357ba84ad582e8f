/**
 * Runs the workflows of `ccrun help ci` and of the README as a runner does: their scripts in bash, in
 * the runner's environment, with the real Claude Code. Stubs for `curl` and `npm` provide the downloads.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import { resultLine } from "../support/fake_claude.ts";
import { runnerTemp, type StepOutcome } from "../support/github_job.ts";
import { readGithubLog } from "../support/github_runner.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { documentSection, fences } from "../support/readme.ts";
import { ARCHIVE, recordOf } from "../support/release.ts";
import { testWith } from "../support/test_with.ts";
import { readYaml } from "../support/workflow.ts";
import { KEY, withJob } from "./ci_scene.ts";

const CI_TOPIC = "lib/cli/help/ci.md";
const [GITHUB = ""] = fences(documentSection(CI_TOPIC, "## GitHub Actions") ?? "", "yaml");
const [GITLAB = ""] = fences(documentSection(CI_TOPIC, "## GitLab CI") ?? "", "yaml");
const [README = ""] = fences(documentSection("README.md", "## In CI") ?? "", "yaml");

const NEEDS = {
  commands: ["bash", "git", "tar", "awk"],
  ...sinceClaude("2.1.0", "Claude Code 2.0 has no --json-schema"),
};

/** The documents name the archive for Linux on x64, and check its sum with this command. */
const GITLAB_NEEDS = {
  ...NEEDS,
  commands: [...NEEDS.commands, "sha256sum"],
  ...(Deno.build.target === "x86_64-unknown-linux-gnu" ? {} : { unless: "not Linux on x64" }),
};

/** Returns the outcome of the step that runs ccrun. */
function review(outcomes: readonly StepOutcome[]): StepOutcome {
  const outcome = outcomes.find(({ name }) => name === "review");
  assert(outcome !== undefined, JSON.stringify(outcomes, null, 2));
  return outcome;
}

const FINDINGS = "The greeting `$(touch pwned)` is gone; see:\n\n- notes.txt, the last line";

testWith(
  NEEDS,
  "the workflow for GitHub installs ccrun, reviews the change and comments",
  async () => {
    const reply = toolUse("StructuredOutput", { verdict: "approve", findings: FINDINGS });
    await withJob([reply, text("Never.")], async (job) => {
      const outcomes = await job.github(GITHUB);
      const log = JSON.stringify(outcomes, null, 2);
      assertEquals(outcomes.map(({ code }) => code), [0, 0, 0, 0, 0], log);

      // The model received the change.
      const [first] = job.turns();
      assertMatch(first?.userText ?? "", /Review this change[\s\S]*\+goodbye/);

      const { outputs, summary, stdout, stderr } = review(outcomes);
      assertEquals(outputs.get("exit_reason"), "success");
      const structured = { verdict: "approve", findings: FINDINGS };
      assertEquals(JSON.parse(outputs.get("structured_output") ?? ""), structured);
      assertEquals(await job.log("gh"), `pr comment 7 --body-file -\n${FINDINGS}\n`);
      assertMatch(outcomes.at(-1)?.stdout ?? "", /^success, [\d.]+ dollars\n$/);
      assertEquals(readGithubLog(`${stdout}${stderr}`).faults, []);

      // The summary is on the run's page and in the artifact. Neither contains the key.
      const artifact = await Deno.readTextFile(`${runnerTemp(job.sandbox)}/review.md`);
      assertStringIncludes(artifact, "notes.txt, the last line");
      assertStringIncludes(summary, "notes.txt, the last line");
      assertEquals([artifact, log].filter((text) => text.includes(KEY)), []);

      // The workspace is as before, and only the step of the action that runs ccrun had the key.
      assertEquals((await job.shell("git status --porcelain --ignored")).stdout, "");
      for (const name of ["curl", "npm", "gh"]) {
        assertEquals((await recordOf(job.sandbox, name, "env")).includes(KEY), false, name);
      }
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
      const outcomes = await job.github(GITHUB);
      const log = JSON.stringify(outcomes, null, 2);
      assertEquals(outcomes.map(({ code }) => code), [0, 0, 0, 1, 0], log);
      assertMatch(await job.log("gh"), /^pr comment 7/);
    }, result);
  },
);

testWith(
  NEEDS,
  "the workflow for GitHub prints the outcome of a failed run and does not comment",
  async () => {
    await withJob([], async (job) => {
      const outcomes = await job.github(GITHUB);
      const log = JSON.stringify(outcomes, null, 2);
      assertEquals(outcomes.map(({ code }) => code), [0, 6, 0], log);
      const { outputs, stderr } = review(outcomes);
      assertEquals(outputs.get("exit_reason"), "output");
      assertMatch(outcomes.at(-1)?.stdout ?? "", /^output, [\d.]+ dollars\n$/);
      assertEquals(await job.log("gh"), "");
      assertMatch(stderr, /^::error/m);
      const artifact = await Deno.readTextFile(`${runnerTemp(job.sandbox)}/review.md`);
      assertStringIncludes(artifact, "structured output");
    }, resultLine({ result: "I would rather not." }));
  },
);

testWith(
  NEEDS,
  "the workflow for GitHub stops at an archive with a wrong checksum",
  async () => {
    await withJob([], async (job) => {
      const archive = `${job.sandbox.root}/release/${ARCHIVE}`;
      await Deno.writeTextFile(archive, "x", { append: true });
      const outcomes = await job.github(GITHUB);
      assertEquals(outcomes.map(({ code }) => code), [0, 1, 0], JSON.stringify(outcomes, null, 2));
      assertEquals(await job.log("npm"), "");
      assertEquals(outcomes.at(-1)?.stdout, "failed,  dollars\n");
    });
  },
);

testWith(
  NEEDS,
  "the steps of the README review the change, and later steps read the answer",
  async () => {
    const steps = README.replaceAll(/^/gm, "      ");
    const later = `      - run: echo "$ANSWER"
        env: { ANSWER: "\${{ steps.review.outputs.result }}" }`;
    await withJob([], async (job) => {
      const workflow = `jobs:\n  review:\n    steps:\n${steps}\n${later}\n`;
      const outcomes = await job.github(workflow);
      assertEquals(outcomes.map(({ code }) => code), [0, 0, 0], JSON.stringify(outcomes, null, 2));
      assertEquals(outcomes.at(-1)?.stdout, `${FINDINGS}\n`);
      const prompt = await Deno.readTextFile(`${runnerTemp(job.sandbox)}/prompt`);
      assertMatch(prompt, /^Review this change[\s\S]*\+goodbye/);
    }, resultLine({ result: FINDINGS }));
  },
);

testWith(
  GITLAB_NEEDS,
  "the job for GitLab reviews the change and keeps its summary",
  async () => {
    await withJob([text("Fix the **last line** of notes.txt first.")], async (job) => {
      const { project, root } = job.sandbox;
      const [review] = Object.values(readYaml(GITLAB)).map(asObject);
      const [before = ""] = asArray(review?.before_script).map(asString);
      const [script = ""] = asArray(review?.script).map(asString);
      const base = await job.shell("git rev-parse HEAD^1");
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

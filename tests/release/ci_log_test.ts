/**
 * Runs the real Claude Code in a step of a CI job and reads the log as the CI system does.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiError, message, type Reply, text, toolUse } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import { readGithubLog, WORKFLOW_COMMANDS } from "../support/github_runner.ts";
import { readGitlabLog } from "../support/gitlab_log.ts";
import { testWith } from "../support/test_with.ts";
import { bash, type Scene, SKIP, withScene } from "../e2e/scene.ts";

/** Commands for CI systems in each form. */
const EVIL = [
  ...WORKFLOW_COMMANDS.flatMap((name) => [`::${name} name=a::evil`, `x ##[${name}]evil`]),
  "##vso[task.setvariable variable=a]evil",
  "##teamcity[buildProblem description='evil']",
  "\x1b[0Ksection_start:1700000000:evil[collapsed=true]\r\x1b[0Kevil",
  "\x1b[0Ksection_end:1700000000:evil\r\x1b[0K",
  "a\r\xa0::error::evil",
].join("\n");

/** A shell command that prints them. */
const PRINT_EVIL = "cat evil.txt";

/** The result of a step. */
interface Step {
  readonly log: string;
  readonly code: number | null;
}

/** Runs a script as a runner does, with stdout and stderr in one log. */
async function step(
  { sandbox, shell }: Scene,
  script: string,
  env: Record<string, string>,
): Promise<Step> {
  await Deno.writeTextFile(`${sandbox.project}/evil.txt`, EVIL);
  const { stdout, code } = await shell(`exec 2>&1\nset -eo pipefail\n${script}`, {
    env: { CI: "true", ...env },
  });
  return { log: stdout, code };
}

/** Returns the variables that GitHub sets in a step. */
function githubEnv({ sandbox }: Scene): Record<string, string> {
  return { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: sandbox.project };
}

/** Returns a run with successful and failed tools, a failed edit, and commands in all texts. */
function replies(project: string): Reply[] {
  const file_path = `${project}/notes.txt`;
  return [
    message(text(EVIL), bash(PRINT_EVIL, EVIL)),
    bash("seq 1 30"),
    bash(`${PRINT_EVIL}; seq 1 30; exit 3`),
    toolUse("Read", { file_path }),
    toolUse("Edit", { file_path, old_string: "second line\nno line", new_string: EVIL }),
    text(`The answer.\n${EVIL}`),
  ];
}

/** Runs a scene whose replies contain its directory. */
async function withProject(
  make: (project: string) => readonly Reply[],
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const made: Reply[] = [];
  await withScene(made, async (scene) => {
    made.push(...make(scene.sandbox.project));
    await act(scene);
  });
}

Deno.test("the log of a job has groups and errors, and no command of the agent", async () => {
  await withProject(replies, async (scene) => {
    await testGithubLog(scene);
    await testGitlabLog(scene);
  });
});

async function testGithubLog(scene: Scene): Promise<void> {
  const script = `ccrun ${SKIP} --record tape --no-stdin "Go."; echo "::notice::after"`;
  const { log, code } = await step(scene, script, githubEnv(scene));
  assertEquals(code, 0, log);
  const { commands, groups, annotations, seen, faults } = readGithubLog(log);
  assertEquals(faults, [], log);

  const names = new Set(commands.map(({ name }) => name));
  assertEquals([...names].sort(), ["endgroup", "error", "group", "notice"], log);
  assertEquals(commands.at(-1)?.data, "after");

  // The failed edit has no group, because its error contains all of its output.
  const titles = [/^└ \d+ lines/, /^└ 30 lines/, /^✗ \d+ lines/, /^└ \d lines/];
  assertEquals(groups.length, titles.length, log);
  for (const [at, title] of titles.entries()) assertMatch(groups[at]?.title ?? "", title);
  assertEquals(groups[1]?.lines.length, 30, log);
  assertEquals(groups[1]?.lines.at(-1), "    30");
  assertEquals(
    seen.filter((line) => line.startsWith("● ")).map((line) => line.slice(0, 14).trim()),
    ["● Bash  cat ev", "● Bash  seq 1", "● Bash  cat ev", "● Read  notes.", "● Edit  notes."],
  );

  const [bashFailed, editFailed, ...others] = annotations;
  assertEquals(bashFailed?.title, "Bash failed: cat evil.txt; seq 1 30; exit 3");
  assertMatch(bashFailed?.message ?? "", /^Bash cat evil\.txt; seq 1 30; exit 3: /);
  assertEquals(editFailed?.title, "Edit failed: notes.txt");
  assertEquals(others.map(({ message }) => message), ["after"]);

  // The answer comes last, and its commands are visibly broken.
  const shown = seen.join("\n");
  assertStringIncludes(shown, "The answer.\n\\::add-mask name=a::evil\nx #\\#[add-mask]evil\n");
  assert(shown.indexOf("The answer.") > shown.indexOf("✓ 6 turns"), shown);
}

/** Replays the run on another system. */
async function testGitlabLog(scene: Scene): Promise<void> {
  const { log, code } = await step(scene, "ccrun replay tape; echo after", { GITLAB_CI: "true" });
  assertEquals(code, 0, log);
  const { sections, seen, faults } = readGitlabLog(log);
  assertEquals(faults, [], log);
  assertEquals(sections.length, 4, log);
  assert(sections.every(({ name, isCollapsed }) => isCollapsed && /^ccrun_\w+$/.test(name)), log);
  assert(!/section_(?:start|end):\d+:evil/.test(log), log);
  // Failures are visible in collapsed sections.
  assertEquals(seen.filter((line) => /^ {2}✗ /.test(line)).length, 2, seen.join("\n"));
  assertEquals(seen.at(-1), "after");
}

Deno.test("an API failure appears once in the log of a GitHub step, in every format", async () => {
  const failure = apiError(
    400,
    "invalid_request_error",
    `a very bad thing\n::error::evil\n${EVIL}`,
  );
  await withScene([failure], async (scene) => {
    const run = `ccrun --record tape ${SKIP} --no-stdin "Go."`;
    for (const script of [run, "ccrun replay -q tape", "ccrun replay --json tape"]) {
      const { log, code } = await step(scene, script, githubEnv(scene));
      assertEquals(code, 4, log);
      const { commands, annotations, faults } = readGithubLog(log);
      assertEquals(faults, [], log);
      assertEquals(commands.map(({ name }) => name), ["error"], log);
      assertEquals(annotations[0]?.title, "ccrun: api", log);
      if (!script.includes("--json")) assertEquals(log.split("a very bad thing").length, 2, log);
    }
    for (const format of ["markdown", "html"]) {
      const script = `ccrun replay --format ${format} tape 2>/dev/null`;
      const { log } = await step(scene, script, githubEnv(scene));
      assertStringIncludes(log, "a very bad thing");
      assertEquals(readGithubLog(log).commands, [], log);
    }
  });
});

testWith(
  sinceClaude("2.1.0", "Claude Code 2.0 does not mark denials"),
  "a GitHub step has warnings about denied tools",
  async () => {
    const deniedCalls = (project: string): Reply[] => [
      toolUse("Write", { file_path: `${project}/new.txt`, content: "new" }),
      toolUse("WebFetch", { url: "http://127.0.0.1:9/", prompt: "What is it?" }),
      bash("touch made && rm -f made"),
      text("I was not allowed."),
    ];
    await withProject(deniedCalls, async (scene) => {
      const { log, code } = await step(scene, 'ccrun --no-stdin "Go."', githubEnv(scene));
      assertEquals(code, 0, log);
      const { annotations, faults } = readGithubLog(log);
      assertEquals(faults, [], log);
      const titles = annotations.map(({ level, title }) => `${level}: ${title}`);
      assertEquals(titles, [
        "warning: Write denied: new.txt",
        "warning: WebFetch denied: http://127.0.0.1:9/",
        "warning: Bash denied: touch made && rm -f made",
        "warning: claude: denied",
      ], log);
      assertStringIncludes(annotations[2]?.message ?? "", "require approval: touch made");
    });
  },
);

testWith(
  sinceClaude("2.1.0", "Claude Code 2.0 does not report the tool"),
  "a GitHub step with a timeout has one error",
  async () => {
    await withScene([bash("touch started; sleep 300"), text("Never.")], async (scene) => {
      const script = `ccrun --timeout 15s ${SKIP} --no-stdin "Go."`;
      const { log, code } = await step(scene, script, githubEnv(scene));
      assertEquals(code, 124, log);
      const { annotations, seen } = readGithubLog(log);
      assertEquals(annotations.map(({ title }) => title), ["ccrun: timeout"], log);
      assertStringIncludes(seen.join("\n"), "● Bash  touch started; sleep 300\n");
      assert(!log.includes("STOP what you are doing"), log);
    });
  },
);

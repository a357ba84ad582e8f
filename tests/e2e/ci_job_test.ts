/**
 * ccrun in a CI job: the environment of the agent's tools, and what the runner reads on stdout.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { RunningCcrun } from "../support/ccrun.ts";
import {
  emit,
  initLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { readGithubLog } from "../support/github_runner.ts";
import { testWith } from "../support/test_with.ts";
import { type FakeScene, gate, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { bash, eventOf, SKIP, withScene } from "./scene.ts";

Deno.test("the agent's tools have no variables that control the job", async () => {
  await withScene([bash("env"), text("Done.")], async ({ json, sandbox }) => {
    const control = {
      GITHUB_ENV: `${sandbox.root}/github-env`,
      GITHUB_PATH: `${sandbox.root}/github-path`,
      GITHUB_OUTPUT: `${sandbox.root}/github-output`,
      GITHUB_STATE: `${sandbox.root}/github-state`,
      GITHUB_STEP_SUMMARY: `${sandbox.root}/github-summary`,
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://example.invalid/token",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "a-token-for-a-token",
    };
    const env = { CI: "true", GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: sandbox.project };
    const run = await json([SKIP, "Look around."], { env: { ...env, ...control } });
    assertEquals(run.code, 0);
    const { text } = eventOf(run, "tool_result");
    assertStringIncludes(text, "GITHUB_ACTIONS=true");
    assertEquals(Object.keys(control).filter((name) => text.includes(name)), []);
  });
});

/** An answer with a command in each line. */
const COMMANDING = [
  "::error::not an error",
  " \t::add-mask::a",
  "see ##[group]here",
  "::stop-commands::x",
  "\x1b[0Ksection_start:1700000000:evil[collapsed=true]\r\x1b[0KTitle",
  "\r::set-output name=a::b",
  "plain",
].join("\n");

const COMMANDING_RUN = emit(initLine(), textLine(COMMANDING), resultLine({ result: COMMANDING }));

/** Checks that no line contains a command, however the runner splits lines. */
function assertInert(text: string): void {
  for (const line of text.split(/[\r\n\u0085\u2028\u2029]+/)) {
    assert(!/^\s*::/.test(line) && !line.includes("##["), JSON.stringify(line));
  }
  assert(!/section_(start|end):\d+:[\w.-]+(\[[^\]]*\])?\r/.test(text), JSON.stringify(text));
}

Deno.test("an answer in a log contains no command, and in a file it is exact", async () => {
  await withFake(COMMANDING_RUN, async ({ run, shell, sandbox }) => {
    const read = (name: string) => Deno.readTextFile(`${sandbox.project}/${name}`);
    const github = { GITHUB_ACTIONS: "true" };
    const cases = [
      [["hi"], github],
      [["-q", "hi"], github],
      [["-q", "hi"], { GITLAB_CI: "true" }],
      [["-q", "hi"], { CI: "true" }],
    ] as const;
    for (const [args, env] of cases) {
      const { code, stdout } = await run([...args, "-o", "answer.md"], { env });
      assertEquals(code, 0);
      assertInert(stdout);
      // Only backslashes were added.
      assertEquals(stdout.replaceAll("\\", ""), `${COMMANDING}\n`);
      assertEquals(await read("answer.md"), `${COMMANDING}\n`);
    }
    await shell("ccrun -q hi >redirected.md", { env: github });
    assertEquals(await read("redirected.md"), `${COMMANDING}\n`);
    const { stdout } = await run(["-q", "--ci", "none", "hi"], { env: github });
    assertEquals(stdout, `${COMMANDING}\n`);
  });
});

Deno.test("json and result contain no commands and parse to the exact text", async () => {
  await withFake(COMMANDING_RUN, async ({ run }) => {
    const env = { GITHUB_ACTIONS: "true" };
    const events = await run(["--json", "hi"], { env });
    assertInert(events.stdout);
    const found = events.events?.find((event) => event.type === "result");
    assertEquals(found?.type === "result" && found.text, COMMANDING);
    const { stdout } = await run(["-f", "result", "hi"], { env });
    assertInert(stdout);
    assertEquals(JSON.parse(stdout).result.text, COMMANDING);
  });
});

/** A text that becomes a command if a line of JSON with it is split. */
const TEARABLE = `${" ".repeat(3_000)}::add-mask::x`.repeat(20);

Deno.test("in CI no line of stderr splits a line of stdout in one slow pipe", async () => {
  const lines = Array.from({ length: 30 }, (_, at) => {
    const id = `toolu_${at}`;
    return [
      toolUseLine({ id, name: "Bash", input: { command: "no" } }),
      toolResultLine({ id, content: TEARABLE, isError: true }),
    ];
  });
  await withFake(emit(initLine(), ...lines.flat(), resultLine()), async ({ shell }) => {
    const script = "ccrun --json --progress hi 2>&1 | (sleep 1; cat)";
    const { stdout } = await shell(script, { env: { GITHUB_ACTIONS: "true" } });
    const json = stdout.split("\n").filter((line) => line.startsWith("{"));
    assertEquals(json.length > 60, true);
    for (const line of json) JSON.parse(line);
    assertEquals(readGithubLog(stdout).commands.filter(({ name }) => name === "add-mask"), []);
  });
});

testWith(TERMINAL, "in CI a terminal has no live line", async () => {
  const body = `${emit(initLine())}${gate("go")}${emit(textLine("plain"), resultLine())}`;
  // deno-lint-ignore no-control-regex -- the sequences that repaint a live line
  const repaints = /\x1b\[(\d*[ABCDJKG]|\?25)/;
  const end = async (scene: FakeScene, terminal: RunningCcrun) => {
    await scene.open("go");
    return (await terminal.finished).stdout;
  };
  let waitedMs = 0;
  await withFake(body, async (scene) => {
    await using terminal = await inTerminal(scene, "ccrun hi", { color: false });
    const from = performance.now();
    await terminal.stdoutUntil((text) => repaints.test(text));
    waitedMs = performance.now() - from;
    await end(scene, terminal);
  });
  await withFake(body, async (scene) => {
    const env = { CI: "true" };
    await using terminal = await inTerminal(scene, "ccrun hi", { env, color: false });
    // The time after which the first terminal had a live line.
    await new Promise((resolve) => setTimeout(resolve, waitedMs + 200));
    const log = await end(scene, terminal);
    assertStringIncludes(log, "plain");
    assertEquals(repaints.test(log), false, JSON.stringify(log));
  });
});

/**
 * Attacks on a CI system through its log: commands from claude and its tools in every format.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withFake } from "../e2e/fake_scene.ts";
import { inTerminal, TERMINAL } from "../e2e/in_terminal.ts";
import {
  deltaLine,
  emit,
  initLine,
  messageLine,
  resultLine,
  streamedLines,
  streamedTextLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { linesOf, readGithubLog } from "../support/github_runner.ts";
import { readGitlabLog } from "../support/gitlab_log.ts";
import { testWith } from "../support/test_with.ts";

const GITHUB = { GITHUB_ACTIONS: "true" };
const GITLAB = { GITLAB_CI: "true" };
const OTHER = { CI: "true" };

/** Commands of several systems, each at a place where it works. */
const COMMANDS: readonly string[] = [
  "::add-mask::evil",
  " \t::error file=evil.ts,line=1,title=evil::evil",
  "\u2003\ufeff::set-env name=evil::x",
  "\r::stop-commands::evil",
  "a\r\n::set-output name=evil::x",
  "::\u200bwarning::evil",
  "text ##[group]evil",
  "##vso[task.setvariable variable=evil]x",
  "##teamcity[buildProblem description='evil']",
  "\x1b[0Ksection_start:1700000000:evil[collapsed=true]\r\x1b[0Kevil",
  "\x1b[0Ksection_end:1700000000:evil\r\x1b[0K",
];

const EVIL = COMMANDS.join("\n");

/** Fails if a log contains a command other than those that ccrun writes itself. */
function assertNoCommand(log: string): void {
  for (const { name, data, properties } of readGithubLog(log).commands) {
    assert(["group", "endgroup", "error", "warning"].includes(name), `${name}: ${log}`);
    const isOwn = Object.keys(properties).every((key) => key === "title");
    assert(isOwn, `${JSON.stringify(properties)} ${data}`);
  }
  const own = /^::(?:group|endgroup|error|warning)(?: title=[^:]*)?::/;
  for (const line of linesOf(log).filter((line) => !own.test(line))) {
    assert(!/^[\s\u200b\x85]*::|##(?:vso|teamcity)?\[/.test(line), JSON.stringify(line));
  }
  for (const { name } of readGitlabLog(log).sections) assert(name.startsWith("ccrun_"), log);
}

/** A run with commands in texts, a tool, an error, a notice, and lines that are not JSON. */
const RUN: readonly string[] = [
  initLine({ cwd: `/tmp/${EVIL}`, model: EVIL }),
  ...COMMANDS,
  textLine(EVIL),
  toolUseLine({ id: "toolu_1", name: `Bash${EVIL}`, input: { command: EVIL } }),
  toolResultLine({ id: "toolu_1", content: EVIL, isError: true }),
  messageLine({ type: "system", subtype: "informational", content: EVIL, level: "warning" }),
  textLine(`The end.\n${EVIL}`),
  resultLine({ result: `The end.\n${EVIL}` }),
];

Deno.test("no format prints a command of claude or a tool in the log of a CI system", async () => {
  await withFake(RUN, async ({ run }) => {
    for (const env of [GITHUB, GITLAB, OTHER]) {
      for (const format of ["pretty", "text", "json", "raw", "result"]) {
        const { stdout, stderr, code } = await run(["-f", format, "--no-redact", "hi"], { env });
        assertEquals(code, 0, stderr);
        assertNoCommand(stdout);
        assertNoCommand(stderr);
      }
    }
  });
});

Deno.test("raw in a log keeps the values of JSON and the bytes of lines without commands", async () => {
  const clean = [initLine(), textLine("a ## b :: c \u200b你好"), "not JSON \x1b[31m\ufeff\xa0"];
  const lines = [...clean, ...COMMANDS, ...RUN.slice(-2)];
  await withFake("", async ({ run, sandbox, shell }) => {
    const tape = `${lines.join("\n")}\n`;
    await Deno.writeTextFile(`${sandbox.project}/tape`, tape);
    const rawOf = (output: string) => output.replaceAll(/^\{"source":"ccrun".*\n/gm, "");

    const log = rawOf((await run(["replay", "-f", "raw", "tape"], { env: GITHUB })).stdout);
    assertNoCommand(log);
    assert(log.startsWith(`${clean.join("\n")}\n`), log);
    const objects = (text: string) => text.split("\n").filter((line) => line.startsWith("{"));
    assertEquals(
      objects(log).map((line) => JSON.parse(line)),
      objects(tape).map((line) => JSON.parse(line)),
    );

    await shell("ccrun replay -f raw tape >redirected", { env: GITHUB });
    assertEquals(rawOf(await Deno.readTextFile(`${sandbox.project}/redirected`)), tape);
    for (const [args, env] of [[["--ci", "none"], GITHUB], [[], {}]] as const) {
      const { stdout } = await run(["replay", "-f", "raw", ...args, "tape"], { env });
      assertEquals(rawOf(stdout), tape);
    }
  });
});

Deno.test("a command that is split over two writes or two pieces of text has no effect in the log", async () => {
  const pieces = [
    "你好\n::",
    "add-mask::evil\n",
    " ",
    "::error::evil\n#",
    "#[group]evil\n:",
    "\u200b:",
    "x",
  ];
  const body = `${emit(initLine())}printf '::add-ma'; sleep 0.2; printf 'sk::evil\\n#'; sleep 0.2
    printf '#[group]evil\\n'; printf '\\344\\275'; sleep 0.2; printf '\\240\\n::error::evil\\n'
    ${
    emit(...streamedLines(pieces), deltaLine(""), streamedTextLine(pieces.join("")), resultLine())
  }`;
  await withFake(body, async ({ run }) => {
    for (const options of [["--partial"], ["-f", "raw", "--progress", "--partial"]]) {
      const { stdout, stderr } = await run([...options, "--no-redact", "hi"], { env: GITHUB });
      assertNoCommand(stdout);
      assertNoCommand(stderr);
      assertStringIncludes(stderr, "\\::add-mask::evil");
    }
  });
});

Deno.test("the properties of an annotation cannot be added or ended by claude", async () => {
  const command = "x,file=evil.ts,line=7::evil%0A::add-mask::x%2Cfile=evil.ts\n" +
    "::error file=evil.ts::%0D%0A%3A%2C";
  const lines = [
    initLine(),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command } }),
    toolResultLine({ id: "toolu_1", content: `%0A::add-mask::x\n${command}`, isError: true }),
    resultLine({
      is_error: true,
      subtype: "error_during_execution",
      result: command,
    }),
  ];
  await withFake(lines, async ({ run }) => {
    const { stderr } = await run(["--no-redact", "hi"], { env: GITHUB });
    const { annotations, commands, faults } = readGithubLog(stderr);
    assertEquals(faults, []);
    assertNoCommand(stderr);
    assertEquals(commands.filter(({ name }) => name === "error").length, 2, stderr);
    assertEquals(annotations.map(({ file, line }) => [file, line]), [
      [undefined, undefined],
      [undefined, undefined],
    ]);
    assertStringIncludes(annotations[0]?.title ?? "", "x,file=evil.ts,line=7::evil%0A");
  });
});

Deno.test("a carriage return hides nothing in the progress of a log", async () => {
  const lines = [
    initLine(),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "rm -rf ~ \r\x1b[0Kls" } }),
    toolResultLine({ id: "toolu_1", content: "secret\r\x1b[0Kfine" }),
    resultLine(),
  ];
  await withFake(lines, async ({ run }) => {
    for (const env of [GITHUB, OTHER]) {
      const { stderr } = await run(["hi"], { env });
      assertStringIncludes(stderr, "rm -rf ~ ␍␛[0Kls");
      assertStringIncludes(stderr, "secret␍␛[0Kfine");
      assert(!/[^\P{Cc}\n\t]/u.test(stderr), stderr);
    }
  });
});

testWith(
  TERMINAL,
  "a CI system with a terminal gets neither commands nor hidden text",
  async () => {
    await withFake(RUN, async (scene) => {
      await using terminal = await inTerminal(
        scene,
        "for format in pretty raw json; do ccrun -f $format hi; done",
        { env: GITHUB, color: false },
      );
      const { stdout } = await terminal.finished;
      const shown = stdout.replaceAll("\r\n", "\n");
      assertNoCommand(shown);
      assert(!/[\u200b\ufeff]|[^\P{Cc}\n\t]/u.test(shown), JSON.stringify(shown));
    });
  },
);

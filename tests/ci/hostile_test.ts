/**
 * Checks that text from Claude Code and its tools never acts as a command of the CI system. Every known
 * command is put in every place where foreign text appears.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { createCiLog } from "../../lib/ci/log.ts";
import type { CiLog } from "../../lib/terminal/ci_log.ts";
import type { Renderer } from "../../lib/render/renderer.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createProgressRenderer } from "../../lib/render/pretty/progress.ts";
import type { BufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";
import { hostileRun } from "../support/hostile_run.ts";
import { linesOf, readGithubLog, WORKFLOW_COMMANDS } from "../support/github_runner.ts";
import { readGitlabLog } from "../support/gitlab_log.ts";
import { makeKeptSink } from "../support/kept_writer.ts";
import { makeRandom } from "../support/random.ts";

/** Distinguishes foreign text from the text of ccrun. */
const MARK = "evil";

/** The forms of a command. */
const FORMS: readonly ((name: string) => string)[] = [
  (name) => `::${name}::${MARK}`,
  (name) => `::${name} name=${MARK},title=${MARK}::${MARK}`,
  (name) => `##[${name}]${MARK}`,
  (name) => `##[${name} name=${MARK}]${MARK}`,
];

/** Every command in two of its forms. */
const COMMANDS: readonly string[] = [
  ...WORKFLOW_COMMANDS.flatMap((name, index) =>
    [index, index + 1].map((form) => FORMS[form % FORMS.length]?.(name) ?? "")
  ),
  `##[section]${MARK}`,
  `##[command]${MARK}`,
  `##vso[task.setvariable variable=${MARK}]x`,
  `##teamcity[buildProblem description='${MARK}']`,
  `section_start:1700000000:${MARK}[collapsed=true]\r\x1b[0K${MARK}`,
  `\x1b[0Ksection_end:1700000000:${MARK}\r\x1b[0K`,
];

/** A few commands, because a text of all of them is slow in so many places. */
const SOME_COMMANDS = COMMANDS.filter((_, index) => index % 4 === 0);

/** Text after which a command still works. */
const BEFORE: readonly string[] = [
  "",
  "\n",
  "\r",
  "\r\n",
  "words\n",
  "words\r",
  "  \t",
  "\x85",
  "\xa0 ",
  "\u2003",
  "\u3000",
  "\ufeff",
  "\u2028",
  "\v\f",
  "\x1b[0m",
  "\x1b[2K\r",
  "\0",
  "%0A",
  "words%0D",
  "**",
  "```\n",
  "- ",
];

const STARTS = ["::error::", "::group::", "::add-mask::", "##[endgroup]", "::stop-commands::"];

/** Commands by themselves, after other text, and inside it. */
const EVIL: readonly string[] = [
  ...COMMANDS,
  ...BEFORE.map((before, index) => `${before}${STARTS[index % STARTS.length]}${MARK}`),
  ...BEFORE.map((before) => `${before}section_start:1:${MARK}\r\x1b[0K`),
  SOME_COMMANDS.join("\n"),
  SOME_COMMANDS.join("\r"),
  `${"x".repeat(1_000)} ${SOME_COMMANDS.join("")}`,
  `${"\u2003".repeat(1_000)}::error::${MARK}`,
  `\xa0 ::error::${MARK}`,
];

type Make = (sink: BufferedWriter, ci: CiLog | undefined) => Renderer;

const LOG = createTerminal({ isTerminal: false, color: false });
const COLORED = createTerminal({ isTerminal: true, color: true, isLog: true, columns: () => 80 });

const OUTPUTS: readonly { readonly name: string; readonly make: Make }[] = [
  {
    name: "progress",
    make: (sink, ci) => createProgressRenderer(sink, LOG, { isAnswerElsewhere: false, ci }),
  },
  {
    name: "colored",
    make: (sink, ci) => createProgressRenderer(sink, COLORED, { isAnswerElsewhere: false, ci }),
  },
  {
    name: "held",
    make: (sink, ci) => createProgressRenderer(sink, LOG, { isAnswerElsewhere: true, ci }),
  },
  { name: "problems", make: (sink, ci) => createProblemsRenderer(sink, LOG.styles, ci) },
];

function written(make: Make, ci: CiLog | undefined, events: readonly EventBody[]): string {
  const sink = makeKeptSink();
  const output = make(sink, ci);
  const stamp = createEventFactory(() => null);
  for (const event of events) output.event(stamp<EventType>(event));
  return sink.text();
}

/** The markers that ccrun writes on GitLab. */
const OWN_MARKER =
  // deno-lint-ignore no-control-regex -- the markers contain escape sequences
  /\x1b\[0Ksection_(?:start|end):\d+:ccrun_[0-9a-f]{8}_\d+(?:\[collapsed=true\])?\r\x1b\[0K/g;

// deno-lint-ignore no-control-regex -- the colors of ccrun
const COLOR = /\x1b\[(?:1|2|22|31|32|33|36|39)m/g;

/** Checks a log without the commands of ccrun. */
function assertInert(rest: string, about: string): void {
  for (const view of [rest, rest.replaceAll(COLOR, "")]) {
    for (const line of linesOf(view)) {
      const bad = /^[\s\x85\ufeff]*::|##\[|##vso\[|##teamcity\[|section_(?:start|end):/i.exec(line);
      assertEquals(bad?.[0], undefined, `${about}: ${JSON.stringify(line)}`);
    }
  }
  assert(!/[^\P{Cc}\n\t]/u.test(rest.replaceAll(COLOR, "")), about);
}

function assertOwnCommands(make: Make, events: readonly EventBody[], about: string): void {
  const github = written(make, createCiLog("github"), events);
  assert(!/##\[|##vso\[/.test(github), `${about}: also in titles and files of annotations`);
  const { commands, faults } = readGithubLog(github);
  for (const { name, properties, data } of commands) {
    assert(["group", "endgroup", "error", "warning"].includes(name), `${about}: ${name}`);
    assertInert(`${data}\n`, `${about}, data of ${name}`);
    const known = Object.keys(properties).every((key) => key === "title");
    assert(
      known && (name !== "endgroup" || data === ""),
      `${about}: ${JSON.stringify(properties)}`,
    );
  }
  assertEquals(faults, [], about);
  const own = /^::(?:group::|endgroup::$|(?:error|warning) title=[^:]+::)/;
  const others = linesOf(github).filter((line) => !own.test(line));
  assertEquals(linesOf(github).length - others.length, commands.length, about);
  assertInert(others.join("\n"), about);

  const gitlab = written(make, createCiLog("gitlab"), events);
  const log = readGitlabLog(gitlab);
  assertEquals(log.faults, [], about);
  assert(log.sections.every(({ name }) => /^ccrun_[0-9a-f]{8}_\d+$/.test(name)), about);
  assertInert(gitlab.replaceAll(OWN_MARKER, ""), `${about} on GitLab`);

  assertInert(written(make, undefined, events), `${about} elsewhere`);
}

/** Returns a random text of commands, some of them cut in two. */
function randomText(seed: number): string {
  const { below, pick } = makeRandom(seed);
  const parts = Array.from({ length: 1 + below(8) }, () => pick([...BEFORE, ...COMMANDS]));
  return parts.map((part) => part.slice(below(3), part.length - below(3))).join("");
}

const TEXTS = [...EVIL, ...Array.from({ length: 24 }, (_, seed) => randomText(seed))];

for (const [number, { name, make }] of OUTPUTS.entries()) {
  Deno.test(`foreign text contains no command for the log: ${name}`, () => {
    // The variants of progress share most of their code, so each text is tried on one of them.
    const texts = TEXTS.filter((_, index) => name === "problems" || index % 3 === number);
    for (const evil of texts) {
      assertOwnCommands(make, hostileRun(evil), `${name}, ${JSON.stringify(evil.slice(0, 60))}`);
    }
  });
}

Deno.test("the commands of this test work if they are not escaped", () => {
  for (const command of COMMANDS.slice(0, WORKFLOW_COMMANDS.length * 2)) {
    assertEquals(readGithubLog(`${command}\n`).commands.length, 1, command);
  }
  const start = COMMANDS.find((command) => command.startsWith("section_start")) ?? "";
  assertEquals(readGitlabLog(`${start}\n`).sections.length, 1);
  const [evil = ""] = COMMANDS;
  const places = JSON.stringify(hostileRun(evil)).split(JSON.stringify(evil).slice(1, -1)).length -
    1;
  assert(places > 300, `it is in ${places} places`);
});

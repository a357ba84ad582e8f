/**
 * Checks that text from Claude Code and its tools never acts as a command of the CI system. Every known
 * command is put in every place where foreign text appears.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventType, NO_USAGE } from "../../lib/events.ts";
import { createCiLog } from "../../lib/ci/log.ts";
import type { CiLog } from "../../lib/terminal/ci_log.ts";
import type { Renderer } from "../../lib/render/renderer.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createProgressRenderer } from "../../lib/render/pretty/progress.ts";
import type { BufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";
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

/** Tools whose calls are rendered in different ways. */
const TOOLS: readonly string[] = [
  "Bash",
  "Read",
  "Write",
  "MultiEdit",
  "NotebookEdit",
  "Grep",
  "Agent",
  "WebFetch",
  "TodoWrite",
  "TaskUpdate",
  "ExitPlanMode",
  "AskUserQuestion",
  "ReportFindings",
  "StructuredOutput",
  "mcp__server__tool",
  "Unknown",
];

/** Returns the events of a run with a text in every foreign field. */
function runOf(evil: string): EventBody[] {
  const input = {
    [evil]: evil,
    command: evil,
    file_path: evil,
    notebook_path: evil,
    path: evil,
    pattern: evil,
    glob: evil,
    url: evil,
    query: evil,
    description: evil,
    prompt: evil,
    subagent_type: evil,
    skill: evil,
    old_string: evil,
    new_string: `${evil}\n${evil}`,
    content: evil,
    new_source: evil,
    edit_mode: evil,
    edits: [{ old_string: evil, new_string: "x" }, { old_string: "x", new_string: evil }],
    todos: [{ status: "in_progress", activeForm: evil, content: evil }],
    subject: evil,
    status: evil,
    plan: `Plan\n${evil}`,
    questions: [{ question: evil, options: [{ label: evil, description: evil }, evil] }],
    findings: [{ file: evil, line: 1, summary: evil, verdict: evil }],
  };
  const place = { message_id: evil, index: 0 };
  const events: EventBody[] = [
    { type: "start", schema: "ccrun.events/1", ccrun: "0", time: null, claude: null, cwd: evil },
    {
      type: "session_info",
      session_id: evil,
      model: evil,
      cwd: evil,
      permission_mode: evil,
      tools: [evil],
      mcp_servers: [{ name: evil, status: "failed" }, { name: evil, status: "needs-auth" }],
      claude_version: evil,
    },
    { type: "text", text: evil, ...place },
    { type: "text", text: `a\n\n  ${evil}\n`, ...place, index: 1 },
    { type: "thinking", text: evil, ...place, index: 2 },
    { type: "thinking", text: `${evil}\n`.repeat(9), ...place, index: 3 },
    ...pieces("text_delta", evil, 4),
    ...pieces("thinking_delta", evil, 5),
    { type: "user_text", text: evil, kind: "synthetic" },
    { type: "user_text", text: evil, kind: "other" },
    { type: "notice", level: "info", kind: "stderr", text: evil },
    { type: "notice", level: "info", kind: evil, text: evil },
    { type: "notice", level: "warning", kind: evil, text: evil },
    { type: "notice", level: "error", kind: evil, text: evil },
    { type: "notice", level: "warning", kind: "denied", text: evil },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 1, reason: evil },
    { type: "rate_limit", status: evil, kind: evil, resets_at: evil },
    { type: "task", task_id: evil, status: "failed", description: evil, summary: evil },
    { type: "task", task_id: evil, status: "completed" },
    { type: "raw", content: evil },
    { type: "unknown", event: { [evil]: evil, type: evil } },
  ];
  for (const [at, name] of [...TOOLS, evil, `mcp__${evil}__${evil}`].entries()) {
    const id = `t${at}${evil}`;
    const outcome = (is_error: boolean, text: string): EventBody[] => [
      { type: "tool_use", id, name, input },
      { type: "tool_result", tool_use_id: id, name, is_error, text, duration_ms: 2_000 },
    ];
    events.push(
      ...outcome(false, evil),
      { type: "tool_use", id, name, input },
      {
        type: "tool_result",
        tool_use_id: id,
        name,
        is_error: false,
        text: evil,
        diff: `@@ -1 +1 @@\n-${evil}\n+${evil}`,
        duration_ms: 1,
      },
      ...outcome(false, `${evil}\n`.repeat(20)),
      ...outcome(true, evil),
      ...outcome(true, `${evil}\n`.repeat(20)),
      { type: "tool_use", id, name, input: { [evil]: evil } },
      { type: "permission_denied", tool_use_id: id, name, reason: evil },
      { type: "tool_result", tool_use_id: id, name, is_error: true, text: evil, duration_ms: 1 },
      { type: "tool_use", id: `s${id}`, name, input, parent_tool_use_id: id },
      { type: "text", text: evil, ...place, index: 9, parent_tool_use_id: id },
      {
        type: "tool_result",
        tool_use_id: `s${id}`,
        name,
        is_error: at % 2 === 0,
        text: evil,
        duration_ms: null,
        parent_tool_use_id: id,
      },
    );
  }
  events.push(
    {
      type: "result",
      ok: false,
      subtype: evil,
      text: `What claude said: ${evil}`,
      turns: 1,
      duration_ms: 1,
      api_duration_ms: 1,
      cost_usd: 0,
      usage: NO_USAGE,
      denials: [{ tool_use_id: evil, name: evil }],
      errors: [evil, `x ${evil}`],
    },
    { type: "error", error: { kind: "failed", message: evil, hint: evil } },
    {
      type: "exit",
      ok: false,
      code: 1,
      reason: "failed",
      turns: 1,
      cost_usd: 0,
      usage: NO_USAGE,
      duration_ms: 1,
      stderr: evil,
    },
  );
  return events;
}

/** Returns a text as partial messages. */
function pieces(type: "text_delta" | "thinking_delta", text: string, index: number): EventBody[] {
  const size = Math.ceil(text.length / 50);
  const events: EventBody[] = [];
  for (let at = 0; at < text.length; at += size) {
    events.push({ type, text: text.slice(at, at + size), message_id: "streamed", index });
  }
  return events;
}

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
      assertOwnCommands(make, runOf(evil), `${name}, ${JSON.stringify(evil.slice(0, 60))}`);
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
  const places = JSON.stringify(runOf(evil)).split(JSON.stringify(evil).slice(1, -1)).length - 1;
  assert(places > 300, `it is in ${places} places`);
});

/**
 * Tests progress in the log of a CI system: what is collapsed, visible and annotated.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { EventBody } from "../../lib/events.ts";
import { createCiLog } from "../../lib/ci/log.ts";
import { type JobLog, readGithubLog } from "../support/github_runner.ts";
import { type GitlabLog, readGitlabLog } from "../support/gitlab_log.ts";
import {
  answer,
  delta,
  exit,
  failedExit,
  makeRun,
  parentOf,
  result,
  type Run,
  SESSION,
  START,
  text,
  use,
} from "../support/rendered_run.ts";

/** Returns what is visible after the header. */
function afterHeader(seen: readonly string[]): string[] {
  assertMatch(seen[0] ?? "", /^◆ claude-opus/);
  assertEquals(seen[1], "");
  return seen.slice(2);
}

function given(run: Run, events: readonly EventBody[]): string {
  run.give(START);
  run.give(SESSION);
  for (const event of events) run.give(event);
  // The last row of a text is printed when something follows.
  run.give(answer(""));
  return run.text();
}

/** Returns what GitHub makes of events, and checks its groups. */
function github(events: readonly EventBody[]): JobLog {
  const log = readGithubLog(given(makeRun({ ci: createCiLog("github") }), events));
  assertEquals(log.faults, []);
  return { ...log, seen: afterHeader(log.seen) };
}

/** Returns what GitLab makes of events, and checks its sections. */
function gitlab(events: readonly EventBody[]): GitlabLog {
  const log = readGitlabLog(given(makeRun({ ci: createCiLog("gitlab") }), events));
  assertEquals(log.faults, []);
  return { ...log, seen: afterHeader(log.seen) };
}

/** Returns what is visible without a CI system. */
function plain(events: readonly EventBody[]): string[] {
  return afterHeader(given(makeRun(), events).split("\n").slice(0, -1));
}

function lines(count: number, word = "line"): string {
  return Array.from({ length: count }, (_, at) => `${word} ${at + 1}`).join("\n");
}

const failed = { is_error: true };

Deno.test("in CI each tool call is a line with a group for its output below it", () => {
  const events = [
    text("Look."),
    use("a", "Bash", { command: "npm test" }),
    result("a", lines(30), { duration_ms: 12_000 }),
    use("b", "Read", { file_path: "/home/ada/project/x.ts" }),
    result("b", "1\tone\n2\ttwo", { name: "Read" }),
    text("Done."),
  ];
  const { groups, seen } = github(events);
  assertEquals(groups.map(({ title }) => title), ["└ 30 lines · 12s", "└ 2 lines"]);
  assertEquals(groups[0]?.lines.length, 30);
  assertEquals([groups[0]?.lines[0], groups[0]?.lines[29]], ["    line 1", "    line 30"]);
  assertEquals(groups[1]?.lines, ["    1\tone", "    2\ttwo"]);
  assertEquals(seen, [
    "Look.",
    "",
    "● Bash  npm test",
    "▸ └ 30 lines · 12s",
    "● Read  x.ts",
    "▸ └ 2 lines",
    "",
    "Done.",
  ]);

  const same = gitlab(events);
  assertEquals(same.sections.map(({ title, lines }) => ({ title, lines })), groups);
  assertEquals(same.seen, seen);
  assert(same.sections.every(({ isCollapsed }) => isCollapsed));
  assertEquals((same.sections[0]?.endedAt ?? 0) - (same.sections[0]?.startedAt ?? 0), 12);
});

Deno.test("in CI a group has the beginning and the end of a long output", () => {
  const output = `${"x".repeat(1_000_000)}\n${lines(9_999)}`;
  const { groups } = github([use("a", "Bash", { command: "x" }), result("a", output)]);
  const shown = groups[0]?.lines ?? [];
  assertEquals(shown.length, 201);
  assertEquals(shown[150], "    … +9800 lines");
  assertEquals(shown.at(-1), "    line 9999");
  assert(shown.every((line) => line.length < 2_100));
});

Deno.test("in CI a group has the changes of a tool, and output that is not shown elsewhere", () => {
  const old_string = lines(20, "old");
  const { groups, seen } = github([
    use("a", "Edit", { file_path: "x", old_string, new_string: lines(20, "new") }),
    result("a", "The file has been updated."),
    use("b", "Write", { file_path: "y", content: "1\n2" }),
    result("b", "File created."),
    use("c", "Bash", { command: "true" }),
    result("c", " \n"),
  ]);
  assertEquals(groups.map(({ lines }) => lines.length), [40, 1]);
  assertEquals(groups[0]?.title, "└ 40 changed lines");
  assertEquals(groups[0]?.lines[20], "    + new 1");
  assertEquals(groups[1]?.lines, ["    File created."]);
  // There is nothing to collapse.
  assertEquals(seen.slice(-2), ["● Bash  true", "  └ no output"]);
});

Deno.test("in CI a group has an argument that the line of its call does not show completely", () => {
  const command = `echo ${"word ".repeat(100)}end`;
  for (const is_error of [false, true]) {
    const { groups, seen } = github([
      use("a", "Bash", { command }),
      result("a", "ok", { is_error }),
    ]);
    assert((seen[0]?.length ?? Infinity) <= 200, seen[0]);
    assertEquals(groups[0]?.title, is_error ? "✗ 1 line" : "└ 1 line");
    assertEquals(groups[0]?.lines, [`  ● ${command}`, "    ok"]);
  }
  const whole = "x".repeat(190);
  const log = github([use("a", "Bash", { command: whole }), result("a", "ok")]);
  assertEquals([log.seen[0], log.groups[0]?.lines], [`● Bash  ${whole}`, ["    ok"]]);
});

Deno.test("in CI a call is named again if its result does not follow it", () => {
  const events = [
    use("a", "Bash", { command: "one" }),
    use("b", "Bash", { command: "two" }),
    use("e", "Bash", { command: "true" }),
    result("b", "2"),
    result("a", "1", { duration_ms: 65_000 }),
    result("e", ""),
    use("c", "Bash", { command: "three" }),
    text("In between."),
    result("c", "3"),
    result("unseen", "4", { name: "Grep" }),
  ];
  const { groups, seen } = github(events);
  assertEquals(groups.map(({ title, lines }) => [title, ...lines]), [
    ["✓ Bash  two  1 line", "    2"],
    ["✓ Bash  one  1 line · 1m 05s", "    1"],
    ["✓ Bash  three  1 line", "    3"],
    ["✓ Grep  1 line", "    4"],
  ]);
  assertEquals(seen.slice(0, 6), [
    "● Bash  one",
    "● Bash  two",
    "● Bash  true",
    "▸ ✓ Bash  two  1 line",
    "▸ ✓ Bash  one  1 line · 1m 05s",
    "✓ Bash  true  no output",
  ]);
});

Deno.test("in CI no group is empty", () => {
  const events: EventBody[] = [];
  for (const is_error of [false, true]) {
    for (const output of ["", "one", lines(30)]) {
      for (const between of [[], [text("In between.")]]) {
        const id = `t${events.length}`;
        events.push(use(id, "Bash", { command: "x" }), ...between);
        events.push(result(id, output, { is_error }));
      }
    }
  }
  for (const groups of [github(events).groups, gitlab(events).sections]) {
    assert(groups.length >= 6, `${groups.length}`);
    assertEquals(groups.filter(({ lines }) => lines.length === 0), []);
  }
});

Deno.test("in CI a group has nothing but the output of a tool", () => {
  const open = use("a", "Bash", { command: "x" });
  const others: EventBody[] = [
    text("words"),
    delta("words"),
    { type: "thinking", text: "words", message_id: "m", index: 0 },
    { type: "user_text", text: "words", kind: "synthetic" },
    { type: "notice", level: "info", kind: "stderr", text: "words" },
    { type: "notice", level: "warning", kind: "hook", text: "words" },
    { type: "notice", level: "info", kind: "compaction", text: "words" },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 1, reason: "words" },
    { type: "rate_limit", status: "words" },
    { type: "task", task_id: "t", status: "failed", summary: "words" },
    { type: "raw", content: "words" },
    { type: "unknown", event: { words: 1 } },
    { type: "permission_denied", tool_use_id: "a", name: "Bash", reason: "words" },
    { type: "permission_denied", tool_use_id: "z", name: "words" },
    { type: "error", error: { kind: "api", message: "words" } },
    use("w", "words", {}),
    result("w", "", { name: "words", is_error: true }),
  ];
  for (const other of others) {
    for (const system of ["github", "gitlab"] as const) {
      const run = makeRun({ ci: createCiLog(system) });
      const all = given(run, [open, other, failedExit()]);
      const { seen, faults } = system === "github" ? readGithubLog(all) : readGitlabLog(all);
      assertStringIncludes(seen.join("\n"), "words", `${system} ${JSON.stringify(other)}`);
      assertEquals(faults, [], JSON.stringify(other));
      assertMatch(seen.at(-1) ?? "", /^✗ api/);
    }
  }
});

Deno.test("on GitHub a failed tool is annotated, and printed once", () => {
  const { seen, annotations, groups } = github([
    use("a", "Bash", { command: "npm test" }),
    result("a", "Exit code 1\n1 of 3 failed", failed),
    text("Hm."),
  ]);
  assertEquals(annotations, [
    {
      level: "error",
      title: "Bash failed: npm test",
      file: undefined,
      line: undefined,
      message: "Bash npm test: Exit code 1\n1 of 3 failed",
    },
  ]);
  assertEquals(groups, []);
  assertEquals(seen, [
    "● Bash  npm test",
    "Error: Bash npm test: Exit code 1",
    "1 of 3 failed",
    "",
    "Hm.",
  ]);
});

Deno.test("on GitHub a long failure is in the group, and its beginning and end in the annotation", () => {
  const events = [use("a", "Bash", { command: "x" }), result("a", lines(40), failed)];
  const { seen, groups } = github(events);
  assertEquals([groups[0]?.title, groups[0]?.lines.length], ["✗ 40 lines", 40]);
  assertEquals(seen.slice(2), [
    "Error: Bash x: line 1",
    ...lines(5).split("\n").slice(1),
    "… +30 lines",
    ...lines(40).split("\n").slice(35),
  ]);
  assertEquals(gitlab(events).sections[0]?.lines.length, 40);
});

Deno.test("on GitLab a failed tool is shown below its section as without CI", () => {
  for (const count of [1, 3, 40]) {
    const follows = [use("a", "Bash", { command: "x" }), result("a", lines(count), failed)];
    const { seen } = gitlab(follows);
    assertEquals(seen.filter((line) => !line.startsWith("▸ ")), plain(follows));

    const later = [
      use("a", "Bash", { command: "x" }),
      text("Hm."),
      result("a", lines(count), failed),
    ];
    const shown = gitlab(later).seen.slice(4);
    assertMatch(shown[0] ?? "", /^(?:▸ )?✗ Bash {2}x(?: {2}40 lines)?$/);
    assertMatch(shown[1] ?? "", /^ {2}[└✗] line 1$/);
    assertMatch(shown.at(-1) ?? "", new RegExp(`line ${count}$`));
  }
});

Deno.test("on GitHub a denied tool and the first retry of a series are annotated", () => {
  const retry = (attempt: number, reason: string): EventBody => {
    return { type: "retry", attempt, max_retries: 5, delay_ms: 500, reason, http_status: 529 };
  };
  const { seen, annotations } = github([
    retry(1, "overloaded"),
    retry(2, "overloaded"),
    retry(3, "rate_limit"),
    retry(1, "rate_limit"),
    use("a", "Bash", { command: "rm x" }),
    { type: "permission_denied", tool_use_id: "a", name: "Bash", reason: "no approval" },
    result("a", "no approval", failed),
    use("b", "Write", { file_path: "/x", content: "" }),
    { type: "permission_denied", tool_use_id: "b", name: "Write" },
    { type: "notice", level: "warning", kind: "hook", text: "a hook\nfailed" },
    { type: "notice", level: "info", kind: "compaction", text: "smaller" },
  ]);
  assertEquals(annotations.map(({ level, title, message }) => [level, title, message]), [
    ["warning", "API retry", "retry 1/5 in 0.5s: overloaded (HTTP 529)"],
    ["warning", "API retry", "retry 3/5 in 0.5s: rate_limit (HTTP 529)"],
    ["warning", "API retry", "retry 1/5 in 0.5s: rate_limit (HTTP 529)"],
    ["warning", "Bash denied: rm x", "Bash rm x denied: no approval"],
    ["warning", "Write denied: /x", "Write /x denied"],
    ["warning", "claude: hook", "hook: a hook ⏎ failed"],
  ]);
  assertEquals(seen, [
    "Warning: retry 1/5 in 0.5s: overloaded (HTTP 529)",
    "! retry 2/5 in 0.5s: overloaded (HTTP 529)",
    "Warning: retry 3/5 in 0.5s: rate_limit (HTTP 529)",
    "Warning: retry 1/5 in 0.5s: rate_limit (HTTP 529)",
    "● Bash  rm x",
    "Warning: Bash rm x denied: no approval",
    "● Write /x  0 lines",
    "Warning: Write /x denied",
    "Warning: hook: a hook ⏎ failed",
    "· compaction: smaller",
  ]);
});

Deno.test("on GitHub the error of the run is annotated, and printed once", () => {
  const error: EventBody = {
    type: "error",
    error: { kind: "api", message: "the API is down", hint: "wait a little" },
  };
  const { seen, annotations } = github([error, failedExit()]);
  assertEquals(annotations, [
    {
      level: "error",
      title: "ccrun: api",
      file: undefined,
      line: undefined,
      message: "the API is down\nwait a little",
    },
  ]);
  assertEquals(seen.slice(0, 3), ["Error: the API is down", "wait a little", ""]);
  assertMatch(seen[3] ?? "", /^✗ api/);

  // Before there is a session, no header says whose log it is.
  const run = makeRun({ ci: createCiLog("github") });
  run.give(START);
  run.give(error);
  assertEquals(readGithubLog(run.text()).seen, ["Error: ccrun: the API is down", "wait a little"]);
});

Deno.test("on GitHub one annotation is reserved for the error of the run", () => {
  const events: EventBody[] = [];
  for (let n = 1; n <= 25; n++) {
    const parent = n % 2 === 0 ? "agent" : undefined;
    events.push(use(`t${n}`, "Bash", { command: `try ${n}` }, parent));
    events.push({ ...result(`t${n}`, `Exit code ${n}`, failed), ...parentOf(parent) });
    const name = "Bash";
    events.push(use(`d${n}`, name, { command: `ask ${n}` }));
    events.push({ type: "permission_denied", tool_use_id: `d${n}`, name, reason: `No ${n}.` });
  }
  events.push({ type: "error", error: { kind: "failed", message: "It failed." } });
  const { annotations, seen } = github([...events, failedExit({ reason: "failed" })]);
  const count = (level: string) => annotations.filter((one) => one.level === level).length;
  assertEquals([count("error"), count("warning")], [10, 9]);
  assertEquals(annotations.at(-1)?.title, "ccrun: failed");
  assertEquals(seen.filter((line) => line.includes("GitHub shows 10")).length, 2);
  // What is not annotated is printed.
  for (let n = 1; n <= 25; n++) {
    assert(seen.some((line) => line.endsWith(`Exit code ${n}`)), `failure ${n}`);
    assert(seen.some((line) => line.endsWith(`denied: No ${n}.`)), `refusal ${n}`);
  }
});

Deno.test("in CI the calls of a subagent are groups of their own", () => {
  const parent = parentOf("agent");
  const { groups, seen } = github([
    use("agent", "Agent", { description: "Look around", prompt: "?" }),
    use("a", "Bash", { command: "ls" }, "agent"),
    { ...result("a", "x"), ...parent },
    text("I looked.", parent),
    use("b", "Bash", { command: "false" }, "agent"),
    { ...result("b", "Exit code 1", failed), ...parent },
    result("agent", "There is x.", { name: "Agent" }),
  ]);
  assertEquals(groups.map(({ title, lines }) => [title, ...lines]), [
    ["│ └ 1 line", "│     x"],
    ["✓ Agent Look around  1 line", "    There is x."],
  ]);
  assertEquals(seen, [
    "● Agent Look around",
    "│ ● Bash  ls",
    "▸ │ └ 1 line",
    "│",
    "│ I looked.",
    "│",
    "│ ● Bash  false",
    "Error: Bash false: Exit code 1",
    "▸ ✓ Agent Look around  1 line",
  ]);
});

Deno.test("in CI a tool that was stopped with the run has not failed", () => {
  const interrupted = { ...failed, interrupted: true, duration_ms: 65_000 };
  for (
    const events of [
      [use("a", "Bash", { command: "x" }), result("a", "STOP what you are doing", interrupted)],
      [
        use("a", "Bash", { command: "x" }),
        text("Hm."),
        result("a", "STOP what you are doing", interrupted),
      ],
    ]
  ) {
    const { seen, annotations, groups } = github([...events, failedExit()]);
    assertEquals([annotations, groups], [[], []]);
    assert(seen.some((line) => /^(?: {2}! |! Bash {2}x {2})interrupted after 1m 05s$/.test(line)));
    assert(!seen.some((line) => line.includes("STOP") || line.includes("failed")), seen.join("\n"));
  }
});

Deno.test("in CI no line is wrapped, repainted or colored in a way that hides a command", () => {
  const long = `echo ${"word ".repeat(30)}end`;
  const events = [
    use("a", "Bash", { command: long }),
    result("a", `::error::x\n${long}`),
    text(`::warning::${long}`),
    exit(),
  ];
  const ci = createCiLog("github");
  const run = makeRun({ ci, columns: 80, live: true, color: true });
  const all = given(run, events);
  assert(!run.ticking);
  assert(!all.includes("\r"));
  const log = readGithubLog(all);
  assertEquals(log.commands.map(({ name }) => name), ["group", "endgroup"]);
  assertStringIncludes(all, `\\::warning::${long}\n`);
});

/** Returns whether GitLab keeps the whole log: 4 MiB, including its own time stamps. */
function fitsGitlab(log: string): boolean {
  const bytes = new TextEncoder().encode(log).length + 32 * log.split("\n").length;
  return bytes < 3.5 * 1024 * 1024;
}

Deno.test("in CI a log that is too long has the end of the run", () => {
  const long = "é::error::".repeat(300);
  const kinds: { readonly [kind: string]: (n: number) => readonly EventBody[] } = {
    calls: (n) => [use(`t${n}`, "Bash", { command: long }), result(`t${n}`, long)],
    failures: (n) => [
      use(`t${n}`, "Bash", { command: `make ${n}` }),
      result(`t${n}`, `${long}\n`.repeat(9), failed),
    ],
    texts: () => [text(`${long}\n\n`.repeat(5))],
    "a stream": () => [delta(`${long}\n`)],
    notices: () => [{ type: "notice", level: "warning", kind: "hook", text: long }],
  };
  const ending: EventBody[] = [
    { type: "notice", level: "warning", kind: "denied", text: "what would allow it" },
    answer("", { ok: false, text: "The last result." }),
    { type: "error", error: { kind: "api", message: "It broke.", hint: "Fix it." } },
    failedExit(),
  ];
  for (const [index, [kind, make]] of Object.entries(kinds).entries()) {
    // The limit does not depend on the system.
    const system = index % 2 === 0 ? "github" : "gitlab";
    const run = makeRun({ ci: createCiLog(system) });
    given(run, []);
    for (let n = 0; n < 1_600; n++) for (const event of make(n)) run.give(event);
    for (const event of ending) run.give(event);
    const all = run.text();
    assert(fitsGitlab(all), `${all.length} characters of ${kind}`);
    const { seen, faults } = system === "github" ? readGithubLog(all) : readGitlabLog(all);
    assertEquals(faults, [], kind);
    const shown = seen.slice(-12).join("\n");
    const end = ["what would allow it", "The last result.", "It broke.", "Fix it.", "✗ api"];
    for (const text of end) assertStringIncludes(shown, text, kind);
    assertEquals(all.split("the log is full").length, 2, kind);
  }
});

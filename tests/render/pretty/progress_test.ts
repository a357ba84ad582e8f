import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { EventBody } from "../../../lib/events.ts";
import {
  answer,
  exit,
  failedExit,
  makeRun,
  parentOf,
  result,
  SESSION,
  show,
  START,
  startRun,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

function numbered(count: number, word = "line"): string[] {
  return Array.from({ length: count }, (_, at) => `${word} ${at + 1}`);
}

const FAILED = { is_error: true };
const STOPPED = { is_error: true, interrupted: true, duration_ms: 65_000 };
const TASK = { type: "task", description: "Watch" } as const;
const WRAPPED = "<tool_use_error>Unknown skill: x</tool_use_error>";

function denied(reason?: string): EventBody {
  const event = { type: "permission_denied", tool_use_id: "a", name: "Bash" } as const;
  return reason === undefined ? event : { ...event, reason };
}

function notice(level: "info" | "warning" | "error", kind: string, text: string): EventBody {
  return { type: "notice", level, kind, text };
}

interface Case {
  readonly name: string;
  readonly events: readonly EventBody[];
  readonly lines: readonly string[];
  readonly columns?: number;
}

const CASES: readonly Case[] = [
  {
    name: "separates texts from tool calls, which stand together with their output",
    events: [
      text("Let me look."),
      use("a", "Bash", { command: "ls" }),
      result("a", "a.txt\nb.txt"),
      use("b", "Bash", { command: "true" }),
      result("b", ""),
      text("Done.", { message_id: "msg_2" }),
    ],
    lines: [
      "Let me look.",
      "",
      "● Bash  ls",
      "  └ a.txt",
      "    b.txt",
      "● Bash  true",
      "  └ (no output)",
      "",
      "Done.",
    ],
  },
  {
    name: "shortens output, and shows the time of a slow tool",
    events: [
      use("a", "Bash", { command: "seq 42" }),
      result("a", numbered(42).join("\n"), { duration_ms: 8_400 }),
    ],
    lines: [
      "● Bash  seq 42",
      "  └ line 1",
      ...numbered(5).slice(1).map((line) => `    ${line}`),
      "    … +37 lines · 8.4s",
    ],
  },
  {
    name: "shows the beginning and the end of a failure",
    events: [use("a", "Bash", { command: "make" }), result("a", numbered(30).join("\n"), FAILED)],
    lines: [
      "● Bash  make",
      "  ✗ line 1",
      ...numbered(5).slice(1).map((line) => `    ${line}`),
      "    … +20 lines",
      ...numbered(30).slice(25).map((line) => `    ${line}`),
    ],
  },
  {
    name: "wraps a failure on one line",
    columns: 40,
    events: [
      use("a", "Bash", { command: "sleep 9" }),
      result("a", "The user did not want to proceed with it.", FAILED),
    ],
    lines: ["● Bash  sleep 9", "  ✗ The user did not want to proceed", "    with it."],
  },
  {
    name: "counts the lines of a file that was read, and shows those of an edit",
    events: [
      use("a", "Read", { file_path: "a.ts" }),
      result("a", "1\tone\n2\ttwo", { name: "Read" }),
      use("b", "Edit", { file_path: "a.ts", old_string: "one", new_string: "1\n2\n3\n4\n5\n6" }),
      result("b", "The file a.ts has been updated.", { name: "Edit" }),
      use("c", "Write", { file_path: "b.ts", content: "x" }),
      result("c", "File created.", { name: "Write" }),
    ],
    lines: [
      "● Read  a.ts",
      "  └ 2 lines",
      "● Edit  a.ts  +6 -1",
      "  └ - one",
      "    + 1",
      "    + 2",
      "    + 3",
      "    + 4",
      "    … +2 lines",
      "● Write b.ts  1 line",
    ],
  },
  {
    name: "shows the changes of a file that a tool overwrote",
    events: [
      use("a", "Write", { file_path: "a.ts", content: "one\n2\n3" }),
      result("a", "The file has been updated.", {
        name: "Write",
        diff: "@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3\n\\ No newline at end of file",
      }),
      use("b", "Edit", { file_path: "a.ts", old_string: "2", new_string: "4" }),
      result("b", "The file has been updated.", {
        name: "Edit",
        diff: "@@ -2,1 +2,1 @@\n-2 // two\n+4 // two",
      }),
      use("c", "Bash", { command: "cat" }),
      result("c", "output", { diff: "@@ -1,1 +1,1 @@\n-a\n+b" }),
      use("d", "Write", { file_path: "b.ts", content: "x" }),
      result("d", "No space left", { is_error: true, diff: "@@ -1,1 +1,1 @@\n-a\n+b" }),
    ],
    lines: [
      "● Write a.ts  3 lines",
      "  └ - two",
      "    + 2",
      "    + 3",
      "● Edit  a.ts  +1 -1",
      "  └ - 2",
      "    + 4",
      "● Bash  cat",
      "  └ output",
      "● Write b.ts  1 line",
      "  ✗ No space left",
    ],
  },
  {
    name: "shows todos with their states, even if they are not accepted",
    events: [
      use("a", "TodoWrite", {
        todos: [
          { content: "Read the code", status: "completed", activeForm: "Reading" },
          { content: "Write\n[x] tests", status: "in_progress", activeForm: "Writing tests" },
          { content: "Fix \x1b[2Jit", status: "pending" },
          { status: "strange", activeForm: "Releasing" },
          "no todo",
        ],
      }),
      result("a", "Todos have been modified.", { name: "TodoWrite" }),
      use("b", "TodoWrite", { todos: [{ content: "More" }] }),
      result("b", "Not available", FAILED),
    ],
    lines: [
      "● TodoWrite 4 todos, 1 done  Writing tests",
      "    [x] Read the code",
      "    [~] Write [x] tests",
      "    [ ] Fix ␛[2Jit",
      "    [ ] Releasing",
      "● TodoWrite 1 todo, 0 done",
      "    [ ] More",
      "  ✗ Not available",
    ],
  },
  {
    name: "shows a plan as text, even if it is denied",
    columns: 40,
    events: [
      use("a", "ExitPlanMode", {
        plan: "# Fix the parser\n\n1. Add a test for the input that is empty\n   - in a file",
      }),
      { type: "permission_denied", tool_use_id: "a", name: "ExitPlanMode", reason: "no" },
      result("a", "no", FAILED),
      use("b", "ExitPlanMode", { plan: "Only one line" }),
      result("b", "The plan is approved.", { name: "ExitPlanMode" }),
      use("c", "ExitPlanMode", { plan: "One line that is longer than the row" }),
    ],
    lines: [
      "● ExitPlanMode Fix the parser",
      "    # Fix the parser",
      "",
      "    1. Add a test for the input that is",
      "       empty",
      "       - in a file",
      "  ! ExitPlanMode denied: no",
      "● ExitPlanMode Only one line",
      "● ExitPlanMode One line that is longer…",
      "    One line that is longer than the",
      "    row",
    ],
  },
  {
    name: "shows questions with their options, and the answers",
    events: [
      use("a", "AskUserQuestion", {
        questions: [{
          question: "Which library?",
          header: "Library",
          options: [{ label: "Luxon", description: "small" }, { label: "Temporal" }, 7],
        }],
      }),
      result("a", "The user chose Luxon."),
      use("b", "AskUserQuestion", {
        questions: [{ question: "Where?", options: ["here"] }, { question: "When?" }],
      }),
    ],
    lines: [
      "● AskUserQuestion Library",
      "    Which library?",
      "      - Luxon: small",
      "      - Temporal",
      "  └ The user chose Luxon.",
      "● AskUserQuestion 2 questions",
      "    Where?",
      "      - here",
      "    When?",
    ],
  },
  {
    name: "shows the findings that are reported",
    events: [
      use("a", "ReportFindings", {
        findings: [
          { file: "a.ts", line: 3, summary: "Off by one", severity: "nit", verdict: "CONFIRMED" },
          { summary: "No test" },
        ],
      }),
      result("a", "2 findings reported."),
    ],
    lines: [
      "● ReportFindings 2 findings",
      "    a.ts:3: Off by one (nit, confirmed)",
      "    No test",
      "  └ 2 findings reported.",
    ],
  },
  {
    name: "shows no step for the structured output, unless it is refused",
    events: [
      use("a", "StructuredOutput", { n: 5 }),
      result("a", "does not match the schema", { name: "StructuredOutput", ...FAILED }),
      use("b", "StructuredOutput", { n: "5" }),
      result("b", "Structured output provided successfully", { name: "StructuredOutput" }),
      exit(),
    ],
    columns: 80,
    lines: [
      "✗ StructuredOutput {n: 5}",
      "  └ does not match the schema",
      "",
      "✓ 2m 05s · 3 turns · 45.2k in 126 out · $0.0050",
    ],
  },
  {
    name: "names a call again if its result does not follow it",
    events: [
      use("a", "Bash", { command: "sleep 5" }),
      use("b", "Bash", { command: "exit 1" }),
      use("c", "Bash", { command: "ls" }),
      result("b", "no", FAILED),
      result("a", "done", { duration_ms: 5_000 }),
      result("c", ""),
      result("x", "hello", { name: "unknown", duration_ms: null }),
    ],
    lines: [
      "● Bash  sleep 5",
      "● Bash  exit 1",
      "● Bash  ls",
      "✗ Bash  exit 1",
      "  └ no",
      "✓ Bash  sleep 5  5.0s",
      "  └ done",
      "✓ Bash  ls",
      "  └ (no output)",
      "✓ unknown",
      "  └ hello",
    ],
  },
  {
    name: "indents subagents by their depth, and names them when they alternate",
    events: [
      use("a", "Task", { description: "Left" }),
      use("a1", "Grep", { pattern: "x" }, "a"),
      use("b", "Task", { description: "Right" }),
      use("b1", "Agent", { description: "Deep" }, "b"),
      use("b11", "Bash", { command: "ls" }, "b1"),
      result("b11", "f", parentOf("b1")),
      result("a1", "y", { name: "Grep", ...parentOf("a") }),
      text("Left is well.", parentOf("a")),
      result("a", "Left is well.\nagentId: 7", { name: "Task" }),
      use("b12", "Bash", { command: "pwd" }, "b1"),
      use("x", "Bash", { command: "unseen parent" }, "never-seen"),
    ],
    lines: [
      "● Task  Left",
      "│ ● Grep  x",
      "● Task  Right",
      "│ ● Agent Deep",
      "│ │ ● Bash  ls",
      "│ │   └ f",
      "↳ Task  Left",
      "│ ✓ Grep  x",
      "│   └ y",
      "│",
      "│ Left is well.",
      "",
      "✓ Task  Left",
      "↳ Task  Right",
      "│ ↳ Agent Deep",
      "│ │ ● Bash  pwd",
      "│ ● Bash  unseen parent",
    ],
  },
  {
    name: "shortens complete thinking",
    events: [thinking(numbered(6).join("\n")), text("Yes.")],
    lines: [...numbered(4).map((line) => `┊ ${line}`), "┊ … +2 lines", "", "Yes."],
  },
  {
    name: "shows a denial with its reason, and not again as an error",
    columns: 80,
    events: [
      use("a", "Bash", { command: "rm x" }),
      denied("Path is outside allowed directories"),
      result("a", "Path is outside allowed directories", FAILED),
      exit(),
    ],
    lines: [
      "● Bash  rm x",
      "  ! Bash denied: Path is outside allowed directories",
      "",
      "✓ 2m 05s · 3 turns · 1 tool (1 denied) · 45.2k in 126 out · $0.0050",
    ],
  },
  {
    name: "shows what a denied tool adds to the denial",
    events: [
      use("a", "Bash", { command: "rm x" }),
      denied(),
      result("a", "You have not granted it yet.", FAILED),
    ],
    lines: ["● Bash  rm x", "  ! Bash denied", "  └ You have not granted it yet."],
  },
  {
    name: "counts a denial that is reported after the failure once",
    events: [
      use("a", "Bash", { command: "rm x" }),
      result("a", "no", FAILED),
      denied("not allowed"),
      exit(),
    ],
    lines: [
      "● Bash  rm x",
      "  ✗ no",
      "! Bash rm x denied: not allowed",
      "",
      "✓ 2m 05s · 3 turns · 1 tool (1 denied) · $0.0050",
    ],
  },
  {
    name: "does not count a tool that was stopped with the run as failed",
    events: [
      use("a", "Bash", { command: "sleep 300" }),
      result("a", "STOP what you are doing.", STOPPED),
      use("b", "Bash", { command: "sleep 7" }),
      use("c", "Bash", { command: "ls" }),
      result("b", "STOP what you are doing.", { ...STOPPED, duration_ms: null }),
      failedExit(),
    ],
    lines: [
      "● Bash  sleep 300",
      "  ! interrupted after 1m 05s",
      "● Bash  sleep 7",
      "● Bash  ls",
      "! Bash  sleep 7  interrupted",
      "",
      "✗ api · 2m 05s · 3 turns · 3 tools · $0.0050",
    ],
  },
  {
    name: "removes the marks around errors of claude, but not from output",
    events: [
      use("a", "Skill", { skill: "x" }),
      result("a", WRAPPED, { ...FAILED, name: "Skill" }),
      use("b", "Bash", { command: "x" }),
      result("b", WRAPPED),
    ],
    lines: ["● Skill x", "  ✗ Unknown skill: x", "● Bash  x", `  └ ${WRAPPED}`],
  },
  {
    name: "shows notices by their level",
    columns: 80,
    events: [
      notice("info", "hook", "PreToolUse ran"),
      notice("info", "ui", "ui invalidate"),
      notice("info", "command", "command lifecycle: started"),
      notice("error", "hook", "PreToolUse failed:\nexit 2"),
      notice("info", "status", "compacting"),
      notice("warning", "plugin", "word ".repeat(100)),
      notice("warning", "stderr", "a warning\nof claude"),
    ],
    lines: [
      "✗ hook: PreToolUse failed: ⏎ exit 2",
      "· status: compacting",
      `! plugin: ${"word ".repeat(14).trim()}`,
      `  ${"word ".repeat(15).trim()}`,
      `  ${"word ".repeat(15).trim()}`,
      "  … +4 lines",
      "claude: a warning",
      "claude: of claude",
    ],
  },
  {
    name: "shows retries and, once, a rate limit that matters",
    columns: 100,
    events: [
      {
        type: "retry",
        attempt: 2,
        max_retries: 10,
        delay_ms: 1_200,
        http_status: 529,
        reason: "overloaded",
      },
      { type: "rate_limit", status: "allowed" },
      {
        type: "rate_limit",
        status: "allowed_warning",
        kind: "five_hour",
        utilization: 0.92,
        resets_at: "2026-01-01T15:00:00Z",
      },
      { type: "rate_limit", status: "allowed_warning", kind: "five_hour", utilization: 0.93 },
    ],
    lines: [
      "! retry 2/10 in 1.2s: overloaded (HTTP 529)",
      "! rate limit: allowed warning, five hour, 92% used, until 2026-01-01T15:00:00Z",
    ],
  },
  {
    name: "shows the end of a task if its call does not",
    events: [
      { ...TASK, task_id: "1", status: "started" },
      { ...TASK, task_id: "1", status: "completed", summary: "all well" },
      { ...TASK, task_id: "2", status: "failed", summary: "it broke" },
      use("a", "Task", { description: "Inner" }),
      { ...TASK, task_id: "3", tool_use_id: "a", status: "failed" },
      result("a", "started in the background", { name: "Task" }),
      { ...TASK, task_id: "4", tool_use_id: "a", status: "completed" },
      { ...TASK, task_id: "5", tool_use_id: "a", status: "failed", summary: "late" },
    ],
    lines: [
      "✓ task: Watch: all well",
      "✗ task failed: Watch: it broke",
      "● Task  Inner",
      "  └ started in the background",
      "✗ task failed: Watch: late",
    ],
  },
  {
    name: "shows the beginning of unknown messages, and neither prompts of subagents nor summaries",
    events: [
      { type: "unknown", event: { type: "new", data: "x".repeat(1_000) } },
      { type: "raw", content: "not\x1b[2J JSON" },
      { type: "user_text", kind: "subagent", text: "Do this" },
      { type: "user_text", kind: "compaction", text: "The conversation so far" },
      { type: "user_text", kind: "replay", text: "Compacted" },
      { type: "user_text", kind: "synthetic", text: "Continue" },
    ],
    lines: [
      `· unknown message: {type: "new", data: "${"x".repeat(18)}…`,
      "· not a message: not␛[2J JSON",
      "· note: Continue",
    ],
  },
  {
    name: "shows the first lines of a prompt between blank lines",
    events: [
      use("a", "Bash", { command: "x" }),
      { type: "user_text", kind: "prompt", text: "Do\n\n1\x1b[2J\n2\n3\n4\n5" },
      use("b", "Bash", { command: "y" }),
    ],
    lines: [
      "● Bash  x",
      "",
      "❯ Do",
      "❯",
      "❯ 1␛[2J",
      "❯ 2",
      "❯ 3",
      "❯ … +2 lines",
      "",
      "● Bash  y",
    ],
  },
  {
    name: "ends with time, turns, tools, tokens and cost",
    columns: 100,
    events: [
      use("a", "Bash", { command: "x" }),
      result("a", "no", FAILED),
      answer("Done."),
      exit(),
    ],
    lines: [
      "● Bash  x",
      "  ✗ no",
      "",
      "✓ 2m 05s · 3 turns · 1 tool (1 failed) · 45.2k in 126 out · $0.0050",
    ],
  },
  {
    name: "ends a failed replay with its reason and without a time",
    events: [failedExit({ duration_ms: null, reason: "limit" })],
    lines: ["✗ limit · 3 turns · 45.2k in 126 out · $0.0050"],
  },
  {
    name: "keeps the most important parts of the footer on a narrow terminal",
    columns: 40,
    events: [
      use("a", "Bash", { command: "x" }),
      result("a", "no", FAILED),
      exit({ duration_ms: 7_200_000 }),
    ],
    lines: ["● Bash  x", "  ✗ no", "", "✓ 2h 00m · 1 tool (1 failed) · $0.0050"],
  },
  {
    name: "lines up the hint below the error",
    columns: 40,
    events: [{
      type: "error",
      error: { kind: "auth", message: "the API refused the key (401)", hint: "log in\nagain" },
    }],
    lines: ["error: the API refused the key (401)", "       log in ⏎ again"],
  },
  {
    name: "shows no error if the reader of stdout is gone",
    events: [{ type: "error", error: { kind: "pipe", message: "the reader is gone" } }],
    lines: [],
  },
];

for (const { name, events, lines, columns = 60 } of CASES) {
  Deno.test(`progress ${name}`, () => assertEquals(show(events, { columns }), [...lines]));
}

Deno.test("progress starts with the model, the directory and the whole session id", () => {
  const id = "0c949d68-6fd3-4732-ba68-7a0099347d44";
  const cases: [columns: number, mode: string, lines: string[]][] = [
    [200, "plan", [`◆ claude-opus-4-8[1m] · ~/project · ${id} · plan`]],
    [100, "default", [`◆ claude-opus-4-8[1m] · ~/project · ${id}`]],
    [40, "plan", ["◆ claude-opus-4-8[1m] · ~/project", `  ${id}`]],
  ];
  for (const [columns, permission_mode, lines] of cases) {
    const run = makeRun({ columns, home: "/home/ada" });
    run.give(START);
    run.give({ ...SESSION, permission_mode });
    assertEquals(run.lines(), lines);
  }
});

Deno.test("progress shows the header before anything else, even if the model is not known", () => {
  const run = makeRun({ columns: 80 });
  run.give(START);
  run.give({ type: "session_info", session_id: "abc" });
  assertEquals(run.lines(), []);
  run.give(use("a", "Bash", { command: "ls" }));
  assertEquals(run.lines(), ["◆ claude · /home/ada/project · abc", "", "● Bash  ls"]);
});

Deno.test("progress shows the header again if the session switches to another model", () => {
  const run = startRun();
  const { session_id } = SESSION;
  run.give({ type: "session_info", session_id, model: "haiku" });
  run.give(notice("warning", "model", "Switched to Haiku"));
  run.give({ type: "session_info", session_id, model: "haiku" });
  run.give(text("Done."));
  const shown = run.shown();
  assertEquals(shown.filter((line) => line.startsWith("◆ ")).length, 1);
  assertStringIncludes(shown.join("\n"), "◆ haiku · ~/project");
});

Deno.test("progress shows the header again only for another session", () => {
  assertEquals(show([SESSION]), []);
  assertEquals(show([{ ...SESSION, session_id: "2" }]), ["◆ claude-opus-4-8[1m] · ~/project · 2"]);
});

Deno.test("progress shows one header for a session whose id is unknown at first, or always", () => {
  const { session_id, ...session } = SESSION;
  const cases = [
    [80, "◆ claude-opus-4-8[1m] · ~/project"],
    [20, "◆ claude… · …roject"],
  ] as const;
  for (const [columns, header] of cases) {
    const run = makeRun({ columns, home: "/home/ada" });
    run.give(START);
    run.give(session);
    run.give({ ...session, session_id });
    assertEquals(run.lines(), [header]);
  }
});

Deno.test("progress warns once of an MCP server that failed", () => {
  const mcp_servers = [{ name: "good", status: "connected" }, { name: "bad", status: "failed" }];
  const info = { ...SESSION, mcp_servers };
  assertEquals(show([info, info]), ["! MCP server: bad: failed"]);
});

Deno.test("progress limits the indentation on a narrow terminal", () => {
  const run = startRun({ columns: 40 });
  let parent: string | undefined;
  for (let depth = 0; depth < 12; depth++) {
    run.give(use(`t${depth}`, "Task", { description: `Level ${depth}` }, parent));
    parent = `t${depth}`;
  }
  assertEquals(run.lines().at(-1), "│ │ │ │ ● Task  Level 11");
});

Deno.test("progress shows failures in red and denials in yellow", () => {
  const run = startRun({ color: true });
  run.give(use("a", "Bash", { command: "exit 3" }));
  run.give(result("a", "Exit code 3", FAILED));
  assertStringIncludes(run.text(), "\x1b[31m✗\x1b[39m \x1b[31mExit code 3\x1b[39m");
  run.give(denied("no"));
  assertStringIncludes(run.text(), "denied: no\x1b[39m\n");
});

Deno.test("progress has no footer if the run failed before it started", () => {
  const run = makeRun({ columns: 80 });
  run.give(START);
  run.give({ type: "error", error: { kind: "usage", message: "there is no prompt" } });
  run.give(failedExit({ turns: 0 }));
  assertEquals(run.lines(), ["ccrun: error: there is no prompt"]);
});

Deno.test("progress neither cuts nor wraps anything without a terminal", () => {
  const command = `echo ${"word ".repeat(100)}end`;
  const run = startRun({ columns: undefined });
  run.give(use("a", "Bash", { command }));
  run.give(result("a", command));
  run.give(text(`${command}\n::error::x`));
  const hint = "--allowed-tools x ".repeat(500).trim();
  run.give({ type: "error", error: { kind: "failed", message: "no", hint } });
  assertStringIncludes(run.text(), `● Bash  ${command}\n`);
  assertStringIncludes(run.text(), `  └ ${command}\n`);
  assertStringIncludes(run.text(), `\n${command}\n\\::error::x\n`);
  assertStringIncludes(run.text(), `       ${hint}\n`);
  assert(!/[^\P{Cc}\n]/u.test(run.text()));
});

Deno.test("printMessage prints one sanitized line", () => {
  const run = startRun();
  run.progress.printMessage("two\nlines\x1b[2J");
  assertEquals(run.shown(), ["ccrun: two ⏎ lines␛[2J"]);
});

Deno.test("progress shows only a part of huge output", () => {
  const run = startRun();
  const outputs = ["x".repeat(1e7), "x\n".repeat(5e6), "\x1b[31m".repeat(2e6)];
  for (const [at, output] of outputs.entries()) {
    run.give(use(`t${at}`, "Bash", { command: output }));
    run.give(result(`t${at}`, output, { is_error: at === 1 }));
  }
  assert(run.text().length < 10_000);
});

Deno.test("progress shows the beginning and the end of a huge plan, list or question", () => {
  const lines = numbered(200_000);
  const huge = lines.join("\n");
  const inputs: [name: string, input: { [field: string]: unknown }, last: string][] = [
    ["ExitPlanMode", { plan: huge }, "line 200000"],
    ["TodoWrite", { todos: lines.map((content) => ({ content })) }, "[ ] line 200000"],
    [
      "AskUserQuestion",
      { questions: [{ question: "Which?", options: lines.slice(1) }] },
      "  - line 200000",
    ],
    ["ReportFindings", { findings: lines.map((summary) => ({ summary })) }, "line 200000"],
  ];
  for (const [name, input, last] of inputs) {
    const shown = show([use("a", name, input)]);
    assertEquals(shown.length, 52, name);
    assertEquals(shown.slice(-1), [`    ${last}`]);
    assertEquals(shown[41], "    … +199950 lines");
  }
  const long = "word ".repeat(2e6);
  for (const input of [{ plan: `Title\n${long}` }, { questions: [{ question: long }] }]) {
    const name = "plan" in input ? "ExitPlanMode" : "AskUserQuestion";
    const { length } = show([use("a", name, input)]);
    assert(length < 50, `${length} rows`);
  }
});

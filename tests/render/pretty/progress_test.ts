import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  answer,
  exit,
  failedExit,
  makeRun,
  parentOf,
  result,
  type Run,
  type RunOptions,
  SESSION,
  START,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

/** A run that has begun; what is shown is what came after the header. */
function begun(options: RunOptions = {}): Run & { shown(): string } {
  const run = makeRun({ columns: 60, home: "/home/ada", ...options });
  run.give(START);
  run.give(SESSION);
  const header = run.lines().length;
  return Object.assign(run, { shown: () => run.lines().slice(header).join("\n").trim() });
}

Deno.test("the header has the model, the directory and the session", () => {
  for (
    const [columns, ...expected] of [
      [200, "◆ claude-opus-4-8[1m] · ~/project · 0c949d68-6fd3-4732-ba68-7a0099347d44"],
      // The id is whole in any width: --resume takes it.
      [60, "◆ claude-opus-4-8[1m] · ~/project", "  0c949d68-6fd3-4732-ba68-7a0099347d44"],
      [40, "◆ claude-opus-4-8[1m] · ~/project", "  0c949d68-6fd3-4732-ba68-7a0099347d44"],
    ] as const
  ) {
    const run = makeRun({ columns, home: "/home/ada" });
    run.give(START);
    run.give(SESSION);
    assertEquals<readonly string[]>(run.lines(), expected);
  }
});

Deno.test("the header waits for the model, but not longer than for the first thing to show", () => {
  const run = makeRun({ columns: 80 });
  run.give(START);
  run.give({ type: "session_info", session_id: "abc" });
  assertEquals(run.lines(), []);
  run.give(use("a", "Bash", { command: "ls" }));
  assertEquals(run.lines(), ["◆ claude · /home/ada/project · abc", "", "● Bash  ls"]);
});

Deno.test("the header comes again when the session changes, and only then", () => {
  const run = begun();
  run.give(SESSION);
  assertEquals(run.shown(), "");
  run.give({ ...SESSION, session_id: "11111111-2222-3333-4444-555555555555" });
  assertEquals(
    run.shown(),
    "◆ claude-opus-4-8[1m] · ~/project\n  11111111-2222-3333-4444-555555555555",
  );
});

Deno.test("an unusual permission mode is named where there is room", () => {
  const run = makeRun({ columns: 120, home: "/home/ada" });
  run.give({ ...SESSION, permission_mode: "plan" });
  assert(run.lines()[0]?.endsWith(" · plan"));
});

Deno.test("an MCP server that failed is warned of once", () => {
  const run = begun();
  const mcp_servers = [{ name: "good", status: "connected" }, { name: "bad", status: "failed" }];
  run.give({ ...SESSION, mcp_servers });
  run.give({ ...SESSION, mcp_servers });
  assertEquals(run.shown(), "! MCP server: bad: failed");
});

Deno.test("a call and its output stand together, texts stand free", () => {
  const run = begun();
  run.give(text("Let me look."));
  run.give(use("a", "Bash", { command: "ls" }));
  run.give(result("a", "a.txt\nb.txt"));
  run.give(use("b", "Bash", { command: "true" }));
  run.give(result("b", ""));
  run.give(text("Done.", { message_id: "msg_2" }));
  assertEquals(
    run.shown(),
    [
      "Let me look.",
      "",
      "● Bash  ls",
      "  └ a.txt",
      "    b.txt",
      "● Bash  true",
      "  └ (no output)",
      "",
      "Done.",
    ].join("\n"),
  );
});

Deno.test("output is folded to five lines, with a count and the time of a slow tool", () => {
  const run = begun();
  run.give(use("a", "Bash", { command: "seq 42" }));
  const output = Array.from({ length: 42 }, (_, n) => `${n + 1}`).join("\n");
  run.give(result("a", output, { duration_ms: 8_400 }));
  assertEquals(
    run.shown(),
    "● Bash  seq 42\n  └ 1\n    2\n    3\n    4\n    5\n    … +37 lines · 8.4s",
  );
});

Deno.test("a failure has its beginning and its end", () => {
  const run = begun();
  run.give(use("a", "Bash", { command: "make" }));
  const output = Array.from({ length: 30 }, (_, n) => `line ${n + 1}`).join("\n");
  run.give(result("a", output, { is_error: true }));
  assertEquals(run.shown().split("\n"), [
    "● Bash  make",
    "  ✗ line 1",
    "    line 2",
    "    line 3",
    "    line 4",
    "    line 5",
    "    … +20 lines",
    "    line 26",
    "    line 27",
    "    line 28",
    "    line 29",
    "    line 30",
  ]);
});

Deno.test("a failure that is told in one line is told whole", () => {
  const run = begun({ columns: 40 });
  run.give(use("a", "Bash", { command: "sleep 9" }));
  run.give(result("a", "The user did not want to proceed with it.", { is_error: true }));
  assertEquals(run.shown().split("\n"), [
    "● Bash  sleep 9",
    "  ✗ The user did not want to proceed",
    "    with it.",
  ]);
});

Deno.test("a failure is red", () => {
  const run = begun({ color: true });
  run.give(use("a", "Bash", { command: "exit 3" }));
  run.give(result("a", "Exit code 3", { is_error: true }));
  assertStringIncludes(run.text(), "\x1b[31m✗\x1b[39m \x1b[31mExit code 3\x1b[39m");
});

Deno.test("of a file that was read the lines are counted, of an edit they are shown", () => {
  const run = begun();
  run.give(use("a", "Read", { file_path: "a.ts" }));
  run.give(result("a", "1\tone\n2\ttwo", { name: "Read" }));
  run.give(
    use("b", "Edit", { file_path: "a.ts", old_string: "one", new_string: "1\n2\n3\n4\n5\n6" }),
  );
  run.give(result("b", "The file a.ts has been updated.", { name: "Edit" }));
  run.give(use("c", "Write", { file_path: "b.ts", content: "x" }));
  run.give(result("c", "File created.", { name: "Write" }));
  assertEquals(run.shown().split("\n"), [
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
  ]);
});

Deno.test("a result that does not follow its call names it again", () => {
  const run = begun();
  run.give(use("a", "Bash", { command: "sleep 5" }));
  run.give(use("b", "Bash", { command: "exit 1" }));
  run.give(use("c", "Bash", { command: "ls" }));
  run.give(result("b", "no", { is_error: true }));
  run.give(result("a", "done", { duration_ms: 5_000 }));
  run.give(result("c", ""));
  assertEquals(run.shown().split("\n"), [
    "● Bash  sleep 5",
    "● Bash  exit 1",
    "● Bash  ls",
    "✗ Bash  exit 1",
    "  └ no",
    "✓ Bash  sleep 5  5.0s",
    "  └ done",
    "✓ Bash  ls",
    "  └ (no output)",
  ]);
});

Deno.test("a result whose call was not seen is shown with the tool's name", () => {
  const run = begun();
  run.give(result("x", "hello", { name: "unknown", duration_ms: null }));
  assertEquals(run.shown(), "✓ unknown\n  └ hello");
});

Deno.test("sub-agents are indented by their depth, and named when they take turns", () => {
  const run = begun();
  run.give(use("a", "Task", { description: "Left" }));
  run.give(use("a1", "Grep", { pattern: "x" }, "a"));
  run.give(use("b", "Task", { description: "Right" }));
  run.give(use("b1", "Agent", { description: "Deep" }, "b"));
  run.give(use("b11", "Bash", { command: "ls" }, "b1"));
  run.give(result("b11", "f", { ...parentOf("b1") }));
  run.give(result("a1", "y", { name: "Grep", ...parentOf("a") }));
  run.give(text("Left is well.", parentOf("a")));
  run.give(result("a", "Left is well.\nagentId: 7", { name: "Task" }));
  run.give(use("b12", "Bash", { command: "pwd" }, "b1"));
  assertEquals(run.shown().split("\n"), [
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
  ]);
});

Deno.test("deep sub-agents leave room on a narrow terminal", () => {
  const run = begun({ columns: 40 });
  let parent: string | undefined;
  for (let depth = 0; depth < 12; depth++) {
    run.give(use(`t${depth}`, "Task", { description: `Level ${depth}` }, parent));
    parent = `t${depth}`;
  }
  assertEquals(run.lines().at(-1), "│ │ │ │ ● Task  Level 11");
});

Deno.test("an event of a sub-agent whose call was not seen is indented", () => {
  const run = begun();
  run.give(use("x", "Bash", { command: "ls" }, "never-seen"));
  assertEquals(run.shown(), "│ ● Bash  ls");
});

Deno.test("complete thinking is folded and told from text", () => {
  const run = begun();
  run.give(thinking("one\ntwo\nthree\nfour\nfive\nsix"));
  run.give(text("Yes."));
  assertEquals(run.shown(), "┊ one\n┊ two\n┊ three\n┊ four\n┊ … +2 lines\n\nYes.");
});

Deno.test("a refusal is a yellow line, and its error is not told again", () => {
  const run = begun({ columns: 80, color: true });
  run.give(use("a", "Read", { file_path: "/etc/shadow" }));
  run.give({
    type: "permission_denied",
    tool_use_id: "a",
    name: "Read",
    reason: "Path is outside allowed directories",
  });
  run.give(result("a", "Path is outside allowed directories", { name: "Read", is_error: true }));
  assertEquals(
    run.shown(),
    [
      "● Read  /etc/shadow",
      "  ! Read denied: Path is outside allowed directories",
    ].join("\n"),
  );
  assertStringIncludes(run.text(), "\x1b[33mRead denied: Path");
  run.give(exit());
  assertStringIncludes(run.shown(), "1 tool (1 denied)");
});

Deno.test("a tool that was stopped with the run has not failed, and says so in a word", () => {
  const stopped = { is_error: true, interrupted: true, duration_ms: 65_000 };
  const run = begun();
  run.give(use("a", "Bash", { command: "sleep 300" }));
  run.give(result("a", "STOP what you are doing.", stopped));
  run.give(use("b", "Bash", { command: "sleep 7" }));
  run.give(use("c", "Bash", { command: "ls" }));
  run.give(result("b", "STOP what you are doing.", { ...stopped, duration_ms: null }));
  assertEquals(run.shown().split("\n"), [
    "● Bash  sleep 300",
    "  ! interrupted after 1m 05s",
    "● Bash  sleep 7",
    "● Bash  ls",
    "! Bash  sleep 7  interrupted",
  ]);
  run.give(failedExit());
  assertStringIncludes(run.shown(), " · 3 tools · ");
});

Deno.test("the marks that claude puts around its own errors are not shown", () => {
  const run = begun();
  const said = "<tool_use_error>Unknown skill: x</tool_use_error>";
  run.give(use("a", "Skill", { skill: "x" }));
  run.give(result("a", said, { is_error: true, name: "Skill" }));
  assertEquals(run.shown(), "● Skill x\n  ✗ Unknown skill: x");
  // They are a part of what a tool says when it is well.
  run.give(use("b", "Bash", { command: "x" }));
  run.give(result("b", said));
  assertStringIncludes(run.shown().replaceAll(/\n\s*/g, ""), said);
});

Deno.test("what a refused tool says besides is not red", () => {
  const run = begun({ color: true });
  run.give(use("a", "Bash", { command: "rm x" }));
  run.give({ type: "permission_denied", tool_use_id: "a", name: "Bash" });
  run.give(result("a", "You have not granted it yet.", { is_error: true }));
  assertEquals(run.shown(), "● Bash  rm x\n  ! Bash denied\n  └ You have not granted it yet.");
  assert(!run.text().includes("\x1b[31m"));
});

Deno.test("a refusal that is learnt late names the call, and is not counted as a failure", () => {
  const run = begun();
  run.give(use("a", "Bash", { command: "rm x" }));
  run.give(result("a", "no", { is_error: true }));
  run.give({ type: "permission_denied", tool_use_id: "a", name: "Bash", reason: "not allowed" });
  run.give(exit());
  assertEquals(run.shown().split("\n"), [
    "● Bash  rm x",
    "  ✗ no",
    "! Bash rm x denied: not allowed",
    "",
    "✓ 2m 05s · 3 turns · 1 tool (1 denied) · $0.0050",
  ]);
});

Deno.test("notices have their kind and matter as much as their level", () => {
  const run = begun({ columns: 80 });
  const notice = (level: "info" | "warning" | "error", kind: string, text: string) =>
    run.give({ type: "notice", level, kind, text });
  notice("info", "hook", "PreToolUse ran");
  notice("error", "hook", "PreToolUse failed:\nexit 2");
  notice("info", "status", "compacting");
  notice("warning", "plugin", "word ".repeat(100));
  notice("warning", "stderr", "a warning\nof claude's");
  assertEquals(run.shown().split("\n"), [
    "✗ hook: PreToolUse failed: ⏎ exit 2",
    "· status: compacting",
    "! plugin: word word word word word word word word word word word word word word",
    `  ${"word ".repeat(15).trim()}`,
    `  ${"word ".repeat(15).trim()}`,
    "  … +4 lines",
    "claude: a warning",
    "claude: of claude's",
  ]);
});

Deno.test("a retry has its number, its delay and its reason", () => {
  const run = begun();
  run.give({
    type: "retry",
    attempt: 2,
    max_retries: 10,
    delay_ms: 1_200,
    http_status: 529,
    reason: "overloaded",
  });
  assertEquals(run.shown(), "! retry 2/10 in 1.2s: overloaded (HTTP 529)");
});

Deno.test("the rate limit is shown when it matters, and once", () => {
  const run = begun({ columns: 100 });
  run.give({ type: "rate_limit", status: "allowed" });
  const warning = { type: "rate_limit", status: "allowed_warning", kind: "five_hour" } as const;
  run.give({ ...warning, utilization: 0.92, resets_at: "2026-01-01T15:00:00Z" });
  run.give({ ...warning, utilization: 0.93 });
  assertEquals(
    run.shown(),
    "! rate limit: allowed warning, five hour, 92% used, until 2026-01-01T15:00:00Z",
  );
});

Deno.test("a task is told of when its call does not", () => {
  const run = begun();
  const task = { type: "task", description: "Watch" } as const;
  run.give({ ...task, task_id: "1", status: "started" });
  run.give({ ...task, task_id: "1", status: "completed", summary: "all well" });
  run.give({ ...task, task_id: "2", status: "failed", summary: "it broke" });
  run.give(use("a", "Task", { description: "Inner" }));
  run.give({ ...task, task_id: "3", tool_use_id: "a", status: "failed" });
  run.give(result("a", "started in the background", { name: "Task" }));
  run.give({ ...task, task_id: "4", tool_use_id: "a", status: "completed" });
  run.give({ ...task, task_id: "5", tool_use_id: "a", status: "failed", summary: "late" });
  assertEquals(run.shown().split("\n"), [
    "✓ task: Watch: all well",
    "✗ task failed: Watch: it broke",
    "● Task  Inner",
    "  └ started in the background",
    "✗ task failed: Watch: late",
  ]);
});

Deno.test("what is not known is a glimpse, what a sub-agent is asked is nothing", () => {
  const run = begun();
  run.give({ type: "unknown", event: { type: "new", data: "x".repeat(1_000) } });
  run.give({ type: "raw", content: "not\x1b[2J JSON" });
  run.give({ type: "user_text", kind: "subagent", text: "Do this" });
  run.give({ type: "user_text", kind: "synthetic", text: "Go on" });
  assertEquals(run.shown().split("\n"), [
    `· unknown message: {type: "new", data: "${"x".repeat(18)}…`,
    "· not a message: not␛[2J JSON",
    "· note: Go on",
  ]);
});

Deno.test("the closing line has time, turns, tools, tokens and cost", () => {
  const run = begun({ columns: 100 });
  run.give(use("a", "Bash", { command: "x" }));
  run.give(result("a", "no", { is_error: true }));
  run.give(answer("Done."));
  run.give(exit());
  assertEquals(
    run.lines().slice(-2),
    ["", "✓ 2m 05s · 3 turns · 1 tool (1 failed) · 45.2k in 126 out · $0.0050"],
  );
});

Deno.test("the closing line of a replay has no time, that of a failure its reason", () => {
  const run = begun();
  run.give(failedExit({ duration_ms: null, reason: "limit" }));
  assertEquals(run.shown(), "✗ limit · 3 turns · 45.2k in 126 out · $0.0050");
});

Deno.test("on 40 columns the closing line keeps what matters most", () => {
  const run = begun({ columns: 40 });
  for (const id of ["a", "b"]) {
    run.give(use(id, "Bash", { command: "x" }));
    run.give(result(id, "no", { is_error: true }));
  }
  run.give(exit({ duration_ms: 7_200_000 }));
  assertEquals(run.lines().at(-1), "✓ 2h 00m · 2 tools (2 failed) · $0.0050");
});

Deno.test("an error has its hint below, lined up", () => {
  const run = begun({ columns: 40 });
  run.give({
    type: "error",
    error: { kind: "auth", message: "the key was refused by the API (401)", hint: "log in\nagain" },
  });
  run.give(failedExit({ reason: "auth" }));
  assertEquals(run.shown().split("\n").slice(0, 4), [
    "error: the key was refused by the API",
    "       (401)",
    "       log in ⏎ again",
    "",
  ]);
});

Deno.test("an error before anything began has no closing line", () => {
  const run = makeRun({ columns: 80 });
  run.give(START);
  run.give({ type: "error", error: { kind: "usage", message: "there is no prompt" } });
  run.give(failedExit({ turns: 0 }));
  assertEquals(run.lines(), ["ccrun: error: there is no prompt"]);
});

Deno.test("a reader that went away is no error to tell", () => {
  const run = begun();
  run.give({ type: "error", error: { kind: "pipe", message: "the reader is gone" } });
  assertEquals(run.shown(), "");
});

Deno.test("what a failed result says is shown unless it was just said, or the error says it", () => {
  const failed = { ok: false, subtype: "success" };
  const error = { type: "error", error: { kind: "api", message: "API Error: 400" } } as const;

  const said = begun();
  said.give(text("API Error: 400 bad thing"));
  said.give(answer("API Error: 400 bad thing", failed));
  said.give(error);
  assertEquals(said.shown(), "API Error: 400 bad thing\n\nerror: API Error: 400");

  const same = begun();
  same.give(answer("API Error: 400", failed));
  same.give({ type: "notice", level: "info", kind: "stderr", text: "x" });
  same.give(error);
  assertEquals(same.shown(), "claude: x\n\nerror: API Error: 400");

  const other = begun();
  other.give(answer("", { ...failed, errors: ["No conversation found"] }));
  other.give(error);
  assertEquals(other.shown(), "✗ failed: No conversation found\n\nerror: API Error: 400");
});

Deno.test("without a terminal nothing is cut or moved", () => {
  const run = begun({ columns: undefined });
  const command = "echo " + "word ".repeat(100) + "end";
  run.give(use("a", "Bash", { command }));
  run.give(result("a", command));
  run.give(text(`${command}\n::error::x`));
  run.give(exit());
  assertStringIncludes(run.text(), `● Bash  ${command}\n`);
  assertStringIncludes(run.text(), `  └ ${command}\n`);
  assertStringIncludes(run.text(), `\n${command}\n\\::error::x\n`);
  assert(!/[^\P{Cc}\n]/u.test(run.text()));
});

Deno.test("escape sequences of others never come out", () => {
  const evil = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e\r";
  const run = begun({ columns: 80 });
  run.give({ ...SESSION, session_id: `s${evil}`, model: evil, cwd: evil });
  run.give(text(evil));
  run.give(use("a", `To${evil}ol`, { command: evil }));
  run.give(result("a", evil, { is_error: true }));
  run.give({ type: "notice", level: "warning", kind: evil, text: evil });
  run.give({ type: "retry", attempt: 1, max_retries: 2, delay_ms: 1, reason: evil });
  run.give({ type: "error", error: { kind: "api", message: evil, hint: evil } });
  run.give(failedExit());
  assert(!/[^\P{Cc}\n]/u.test(run.text()), JSON.stringify(run.text()));
  assert(!run.text().includes("\u202e"));
});

Deno.test("shownText is the last text that was shown, as it came", () => {
  const run = begun();
  assertEquals(run.progress.shownText(), "");
  run.give(text("The *answer*\x1b[1m\n"));
  run.give(text("from a sub-agent", { message_id: "m2", ...parentOf("a") }));
  run.give(answer("The *answer*\x1b[1m\n"));
  run.give(exit());
  assertEquals(run.progress.shownText(), "The *answer*\x1b[1m\n");
});

Deno.test("output of megabytes is shown in a moment", () => {
  const run = begun();
  for (
    const [at, output] of ["x".repeat(1e7), "x\n".repeat(5e6), "\x1b[31m".repeat(2e6)].entries()
  ) {
    run.give(use(`t${at}`, "Bash", { command: output }));
    run.give(result(`t${at}`, output, { is_error: at === 1 }));
  }
  assert(run.text().length < 10_000);
});

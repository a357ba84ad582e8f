import { assert, assertEquals } from "@std/assert";
import { createStyles } from "../../lib/terminal/styles.ts";
import { toolLabel, toolTitle } from "../../lib/render/tool_label.ts";

type Input = { [key: string]: unknown };

const PLACES = { cwd: "/home/ada/project", home: "/home/ada" };

function line(name: string, input: Input, columns?: number): string {
  const styles = createStyles(false);
  const options = { mark: "●", columns, styles, style: styles.plain };
  return toolTitle(toolLabel(name, input, PLACES), options).slice("● ".length);
}

Deno.test("a tool label has the identifying argument of each known tool", () => {
  const file_path = "/home/ada/project/lib/a.ts";
  const cases: [string, Input, string][] = [
    ["Bash", { command: "ls -1", description: "List" }, "Bash  ls -1"],
    ["Bash", { command: "sleep 9", run_in_background: true }, "Bash  sleep 9  in the background"],
    ["Read", { file_path }, "Read  lib/a.ts"],
    ["Read", { file_path, offset: 10, limit: 20 }, "Read  lib/a.ts  lines 10-29"],
    ["Write", { file_path, content: "a\nb\n" }, "Write lib/a.ts  2 lines"],
    [
      "Edit",
      { file_path, old_string: "a\nb\nc", new_string: "a\nB\nx\nc" },
      "Edit  lib/a.ts  +2 -1",
    ],
    [
      "MultiEdit",
      {
        file_path,
        edits: [{ old_string: "a", new_string: "b" }, { old_string: "", new_string: "c\nd" }],
      },
      "MultiEdit lib/a.ts  +3 -1",
    ],
    [
      "NotebookEdit",
      { notebook_path: "/home/ada/n.ipynb", new_source: "1\n2", edit_mode: "insert" },
      "NotebookEdit ~/n.ipynb  insert 2 lines",
    ],
    ["Grep", { pattern: "fo+", path: "lib", glob: "*.ts" }, "Grep  fo+  in lib *.ts"],
    ["Glob", { pattern: "**/*.ts" }, "Glob  **/*.ts"],
    ["Task", { description: "Find it", prompt: "long" }, "Task  Find it"],
    ["Agent", { description: "Find it", subagent_type: "Explore" }, "Agent Find it  (Explore)"],
    ["WebFetch", { url: "https://deno.com", prompt: "x" }, "WebFetch https://deno.com"],
    ["WebSearch", { query: "deno" }, "WebSearch deno"],
    [
      "TodoWrite",
      { todos: [{ status: "completed" }, { status: "in_progress", activeForm: "Fixing" }] },
      "TodoWrite 2 todos, 1 done  Fixing",
    ],
    ["TaskCreate", { subject: "Fix it", description: "long" }, "TaskCreate Fix it"],
    ["TaskUpdate", { taskId: "3", status: "in_progress" }, "TaskUpdate #3 in progress"],
    ["TaskUpdate", { taskId: "3", subject: "Fix all" }, "TaskUpdate #3 Fix all"],
    [
      "TaskUpdate",
      { taskId: "3", owner: "ann", addBlockedBy: ["1", "2"], addBlocks: ["4"] },
      "TaskUpdate #3 owner ann, blocked by #1 #2, blocks #4",
    ],
    ["TaskGet", { taskId: "3" }, "TaskGet #3"],
    ["TaskList", {}, "TaskList"],
    ["TaskStop", { task_id: "b31x", shell_id: "" }, "TaskStop b31x"],
    ["ExitPlanMode", { plan: "\n## Fix it\n\n1. Test" }, "ExitPlanMode Fix it"],
    ["ExitPlanMode", {}, "ExitPlanMode"],
    [
      "AskUserQuestion",
      { questions: [{ question: "Which one?", header: "Name", options: [] }] },
      "AskUserQuestion Name",
    ],
    [
      "AskUserQuestion",
      { questions: [{ question: "Which one?" }, { question: "When?" }] },
      "AskUserQuestion 2 questions",
    ],
    ["ReportFindings", { level: "high", findings: [{ file: "a" }] }, "ReportFindings 1 finding"],
    [
      "ScheduleWakeup",
      { delaySeconds: 90, reason: "check the build", prompt: "check" },
      "ScheduleWakeup in 1m 30s: check the build",
    ],
    ["ScheduleWakeup", { stop: true, reason: "it is green" }, "ScheduleWakeup stop: it is green"],
    [
      "Monitor",
      { command: "tail -f log", description: "errors", timeout_ms: 60_000, persistent: false },
      "Monitor tail -f log  up to 1m 00s",
    ],
    ["Monitor", { ws: { url: "wss://x/y" }, persistent: true }, "Monitor wss://x/y  until it ends"],
    [
      "CronCreate",
      { cron: "0 9 * * *", prompt: "check", recurring: false },
      "CronCreate 0 9 * * *: check  once",
    ],
    ["CronDelete", { id: "b62e" }, "CronDelete b62e"],
    ["CronList", {}, "CronList"],
    [
      "SendMessage",
      { to: "ann", message: "Look at the long log", summary: "Look" },
      "SendMessage to ann: Look",
    ],
    ["Workflow", { name: "release", script: "long" }, "Workflow release"],
    ["Skill", { skill: "pdf", args: "a.pdf" }, "Skill pdf a.pdf"],
    ["ToolSearch", { query: "select:Read", max_results: 5 }, "ToolSearch select:Read"],
    ["EnterWorktree", { name: "fix" }, "EnterWorktree fix"],
    ["ExitWorktree", { action: "keep" }, "ExitWorktree keep"],
    ["ListAgents", {}, "ListAgents"],
    ["mcp__my_server__do_it", { id: 7 }, "my_server:do_it {id: 7}"],
    ["mcp__github__get", { owner: "o", title: "A bug" }, "github:get A bug"],
    ["Strange", {}, "Strange"],
    ["Strange", { a: 1, b: [true, null, "x"] }, 'Strange {a: 1, b: [true, null, "x"]}'],
    ["Strange", { only: "this" }, "Strange this"],
  ];
  for (const [name, input, expected] of cases) assertEquals(line(name, input), expected);
});

Deno.test("a tool label shows unexpected inputs as JSON", () => {
  assertEquals(line("Bash", { command: 7 }), "Bash  {command: 7}");
  assertEquals(line("Read", { file_path: ["a"] }), 'Read  {file_path: ["a"]}');
  assertEquals(line("TodoWrite", { todos: "none" }), "TodoWrite 0 todos, 0 done");
  assertEquals(line("TaskUpdate", { taskId: {} }), "TaskUpdate {taskId: {}}");
  assertEquals(line("AskUserQuestion", { questions: 3 }), "AskUserQuestion {questions: 3}");
  assertEquals(line("ExitPlanMode", { plan: ["a"] }), 'ExitPlanMode {plan: ["a"]}');
  assertEquals(
    line("ScheduleWakeup", { delaySeconds: -1e308, reason: "x" }),
    "ScheduleWakeup x",
  );
  assertEquals(line("MultiEdit", { file_path: "a", edits: [1, null] }), "MultiEdit a  +0 -0");
  assertEquals(line("constructor", {}), "constructor");
});

Deno.test("a tool label is one sanitized line", () => {
  assertEquals(line("Bash", { command: "a <<E\n\tb\x1b[2J\nE" }), "Bash  a <<E ⏎ b␛[2J ⏎ E");
  assertEquals(line("Ba\nsh\x07", { command: "x" }), "Ba ⏎ sh␇ x");
});

Deno.test("a tool label is cut to the width: a command at its end, a path at its beginning", () => {
  assertEquals(line("Bash", { command: "echo one two three" }, 22), "Bash  echo one two …");
  assertEquals(line("Read", { file_path: "/a/long/way/down/file.ts" }, 22), "Read  …/down/file.ts");
});

Deno.test("a tool label drops its suffix before it cuts its argument", () => {
  const input = { file_path: "/home/ada/project/lib/a/long/way.ts", content: "x" };
  assertEquals(line("Write", input, 42), "Write lib/a/long/way.ts  1 line");
  assertEquals(line("Write", input, 29), "Write …/long/way.ts  1 line");
  assertEquals(line("Write", input, 22), "Write …a/long/way.ts");
});

Deno.test("a tool label reads only a part of a huge input", () => {
  const huge = "x\n".repeat(5_000_000);
  for (const name of ["Bash", "Strange", "Write", "Edit", "Grep", "ExitPlanMode", "TaskUpdate"]) {
    const input = { command: huge, a: huge, content: huge, new_string: huge, pattern: huge };
    Object.assign(input, { plan: huge, subject: huge });
    assert(line(name, { ...input, b: Array(1_000_000).fill(1) }).length < 5_000);
  }
});

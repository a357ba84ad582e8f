import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { createSummary, type Summary } from "../../lib/ci/summary.ts";
import { replay } from "../../lib/run/replay.ts";
import { allTokens, parseMarkdown } from "../support/markdown.ts";
import { readRecordings } from "../support/recordings.ts";
import { NASTY, nastyText } from "../support/nasty_markdown.ts";
import { makeRandom } from "../support/random.ts";
import {
  answer,
  exit,
  failedExit,
  parentOf,
  result,
  SESSION,
  START,
  text,
  thinking,
  use,
} from "../support/rendered_run.ts";

const RETRACTION: EventBody = {
  type: "notice",
  level: "info",
  kind: "retracted",
  text: "it",
  retracts: ["msg_1"],
};

/** Returns the summary of these events. */
function summaryOf(bodies: Iterable<EventBody>): Summary {
  const summary = createSummary("/home/ada");
  const stamp = createEventFactory(() => null);
  for (const body of bodies) summary.event(stamp<EventType>(body));
  return summary;
}

/** Returns the page of a run with these events, and checks it. */
function pageOf(bodies: Iterable<EventBody>, maxBytes?: number): string {
  const page = summaryOf(bodies).markdown(maxBytes);
  assertPage(page, maxBytes);
  return page;
}

const HEADING =
  /^(?:[✅❌] ccrun: [a-z_]+|⏳ ccrun: running|Answer|Last text|Steps|Tool outputs|Notes|Tokens and cost|Resume)$/;

const OWN_HTML =
  /^(?:<details><summary>[^<>]*(?:<code>[^<>]*<\/code>[^<>]*)?<\/summary>|<\/details>)\n*$/;

/** Checks that foreign text has not changed the structure of a page. */
function assertPage(page: string, maxBytes = 1_000_000): void {
  assert(new TextEncoder().encode(page).length <= maxBytes, "size");
  assert(page.isWellFormed());
  // It can be appended to another page.
  assert(
    page === "" || /^## [^\n]+\n(?:[^]*[^\n]\n)?$/.test(page),
    page.slice(0, 40) + page.slice(-40),
  );
  const headings: string[] = [];
  let previous = "";
  let details = 0;
  let quotes = 0;
  for (const { token, isQuoted } of allTokens(page)) {
    const { type, content, info } = token;
    assert(type !== "image" && type !== "html_inline", `${type}: ${content}`);
    // deno-lint-ignore no-control-regex -- the test checks that there are none
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(content), content);
    if (type === "blockquote_open" && token.level === 0) quotes++;
    if (isQuoted) {
      assert(type !== "html_block", content);
      continue;
    }
    if (type === "html_block") {
      assertMatch(content, OWN_HTML);
      details += content.startsWith("</") ? -1 : 1;
      assert(details >= 0);
    }
    assert(!["link_open", "code_block", "hr", "bullet_list_item", "s_open"].includes(type), type);
    assert(token.type !== "em_open" && token.type !== "strong_open", type);
    if (type === "fence") assert(["text", "json", "sh"].includes(info), info);
    if (type === "text") assert(!/:\/\/|www\.|\w@\w|@\w|#\d/i.test(content), content);
    if (previous === "heading_open") headings.push(content);
    previous = type;
  }
  assertEquals(details, 0, "every fold is closed");
  assert(quotes <= 1);
  for (const heading of headings) assertMatch(heading, HEADING);
  assertEquals(new Set(headings).size, headings.length);
}

/**
 * Compares a page with a reviewed one. After an intended change, update the file with
 * CCRUN_UPDATE_GOLDEN=1 and review the difference.
 */
function assertGolden(name: string, page: string): void {
  const file = new URL(`./${name}.txt`, import.meta.url);
  if (Deno.env.get("CCRUN_UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, page);
  assertEquals(page, Deno.readTextFileSync(file));
}

Deno.test("every recording has a well-formed summary", async () => {
  for (const recording of readRecordings()) {
    const summary = createSummary();
    for await (const event of replay(new Blob([recording.bytes]).stream())) summary.event(event);
    const page = summary.markdown();
    assertPage(page);
    assertMatch(page, /^## [✅❌] ccrun: /);
    assert(!page.includes("tool_use_error"));
    // Without a session, or in an incomplete recording, there is nothing to resume.
    const isSession = !/resume-unknown|-retrying$/.test(recording.name);
    const command = /ccrun --resume [0-9a-f-]{36} -C \S+ (?:"\.\.\."|\/compact)/;
    assertEquals(command.test(page), isSession, recording.name);
  }
});

Deno.test("the summary of a successful run", () => {
  const page = pageOf([
    START,
    { ...SESSION, claude_version: "2.1.197" },
    text("I'll run the tests.", { message_id: "msg_1" }),
    use("1", "Bash", { command: "npm test | tail -5" }),
    result("1", "Exit code 1\nFAILED", { is_error: true, duration_ms: 1_200 }),
    text("A look at the `cart`.\nThen more.", { message_id: "msg_2" }),
    use("2", "Read", { file_path: "/home/ada/project/cart.js" }),
    use("3", "Edit", { file_path: "/home/ada/project/cart.js", old_string: "a", new_string: "b" }),
    result("2", "1\tx\n2\ty", { name: "Read", duration_ms: 40 }),
    result("3", "ok", { name: "Edit", duration_ms: 50 }),
    text("It is **fixed**.", { message_id: "msg_3" }),
    answer("It is **fixed**."),
    exit({
      resume: "ccrun --resume 0c949d68-6fd3-4732-ba68-7a0099347d44",
      models: {
        "claude-opus-4-8[1m]": {
          input: 1_200,
          output: 126,
          cache_read: 44_000,
          cache_write: 0,
          cost_usd: 0.005,
        },
      },
    }),
  ]);
  assertGolden("summary_good", page);
});

Deno.test("the summary has the tokens and the cost of each model", () => {
  const usage = { input: 1_200, output: 126, cache_read: 0, cache_write: 0 };
  const models = { opus: { ...usage, cost_usd: 0.25 }, haiku: { ...usage, cost_usd: null } };
  const page = pageOf([START, SESSION, answer("Done."), exit({ models })]);
  assertStringIncludes(
    page,
    "| `opus` | 1.2k | 0 | 0 | 126 | \\$0.25 |\n| `haiku` | 1.2k | 0 | 0 | 126 | cost unknown |\n",
  );
});

Deno.test("the summary of a failed run has the error, its hint, and the last text", () => {
  const page = pageOf([
    START,
    SESSION,
    { type: "retry", attempt: 1, max_retries: 10, delay_ms: 500, reason: "overloaded" },
    { type: "retry", attempt: 2, max_retries: 10, delay_ms: 900, reason: "overloaded" },
    { type: "rate_limit", status: "allowed_warning", kind: "five_hour", utilization: 0.9 },
    text("I was about to *begin*."),
    use("1", "Bash", { command: "rm -rf *" }),
    {
      type: "permission_denied",
      tool_use_id: "1",
      name: "Bash",
      reason: "This command requires approval",
    },
    result("1", "This command requires approval", { is_error: true }),
    {
      type: "notice",
      level: "warning",
      kind: "denied",
      text: "1 tool use was refused; what would allow it: Bash (--allowed-tools 'Bash(rm:*)')",
    },
    {
      type: "error",
      error: { kind: "api", message: "overloaded", hint: 'ccrun --resume 0c949d68 "..."' },
    },
    failedExit({ resume: "ccrun --resume 0c949d68", stderr: "warning: slow\n" }),
  ]);
  assertGolden("summary_failed", page);
});

Deno.test("a structured output is shown as JSON", () => {
  const page = pageOf([
    START,
    answer("{}", { structured_output: { file: "a```b", list: [1, "<b>"] } }),
    exit(),
  ]);
  const fence = parseMarkdown(page).find(({ type }) => type === "fence");
  assertEquals(fence?.info, "json");
  assertEquals(JSON.parse(fence?.content ?? ""), { file: "a```b", list: [1, "<b>"] });
});

Deno.test("a structured output that is nested too deeply to indent is on one line", () => {
  const depth = 100_000;
  const output: unknown = JSON.parse("[".repeat(depth) + "]".repeat(depth));
  const page = pageOf([START, answer("", { structured_output: output }), exit()]);
  assertStringIncludes(page, `\`\`\`json\n${"[".repeat(depth)}]`);
});

Deno.test("a failed run has no answer, and the last text only if it differs from the error", () => {
  const pageWith = (message: string, lastText: string) =>
    pageOf([
      START,
      text(lastText),
      answer(lastText, { ok: false }),
      { type: "error", error: { kind: "api", message } },
      failedExit(),
    ]);
  assert(!pageWith("API Error: 400 bad", "API  Error: 400\nbad").includes("> "));
  assertStringIncludes(
    pageWith("overloaded", "I was at it."),
    "### Last text\n\n> I was at it.",
  );
  assert(!pageWith("overloaded", "x").includes("### Answer"));
});

Deno.test("synthetic text of an API error is neither a step nor the last text", () => {
  const failure = "API Error: 529 Overloaded";
  const page = pageOf([
    START,
    text("I look at the tests."),
    use("1", "Read", { file_path: "a" }),
    result("1", "x"),
    text(failure, { message_id: "msg_2", synthetic: true }),
    answer(failure, { ok: false }),
    { type: "error", error: { kind: "api", message: failure } },
    failedExit(),
  ]);
  assertEquals(page.split(failure).length, 2, page);
  assertStringIncludes(page, "### Last text\n\n> I look at the tests.\n");
});

Deno.test("the last text of a failed run has all of its blocks, and was not retracted", () => {
  const parts = [text("It came out in "), text("2018", { index: 1 }), text(".", { index: 2 })];
  const whole = "### Last text\n\n> It came out in 2018.\n";
  assertStringIncludes(pageOf([START, ...parts, failedExit()]), whole);
  assertStringIncludes(
    pageOf([START, ...parts, answer(".", { ok: false }), failedExit()]),
    whole,
  );
  assert(!pageOf([START, ...parts, RETRACTION, failedExit()]).includes("Last text"));
});

Deno.test("a summary is available before the run ends, and without events", () => {
  assertStringIncludes(pageOf([]), "ccrun: running");
  assertStringIncludes(pageOf([START, text("Hm")]), "ccrun: running");
});

/** Returns the rows of the table of steps. */
function stepsOf(bodies: Iterable<EventBody>, last: EventBody = exit()): string[] {
  const [, rest = ""] = pageOf([START, ...bodies, last]).split("### Steps\n\n");
  const [table = ""] = rest.split("\n\n");
  return table.split("\n").slice(2);
}

Deno.test("the steps are in order, with the outcome of each call", () => {
  const bash = (id: string, command: string) => use(id, "Bash", { command });
  const wrapped = "<tool_use_error>No.</tool_use_error>";
  const rows: [bodies: EventBody[], steps: string[]][] = [
    [
      [thinking("hm"), text("First.\nMore."), bash("1", "a | b"), result("1", "x")],
      ["| First. | |", "| Bash `a \\| b` | ✅ |"],
    ],
    [
      [text("It is "), text("**so**", { index: 1 }), text(".\nYes.", { index: 2 }), bash("1", "a")],
      ["| It is \\*\\*so\\*\\*. | |", "| Bash `a` | ⏳ no result |"],
    ],
    [
      [bash("1", "a"), result("1", wrapped, { is_error: true, duration_ms: 2_000 })],
      ["| Bash `a` | ❌ failed 2.0s |"],
    ],
    [
      [bash("1", "a"), result("1", "x", { is_error: true, interrupted: true })],
      ["| Bash `a` | ⏹️ interrupted |"],
    ],
    [[bash("1", "a")], ["| Bash `a` | ⏳ no result |"]],
    [
      [
        use("1", "TaskCreate", { subject: "Fix it", description: "long" }),
        result("1", "Task #3 created successfully"),
        use("2", "TaskUpdate", { taskId: "3", status: "in_progress" }),
        use("3", "ExitPlanMode", { plan: "# Release\n\n1. Test" }),
        use("4", "ScheduleWakeup", { delaySeconds: 60, reason: "check the build" }),
      ],
      [
        "| TaskCreate `Fix it` | ✅ |",
        "| TaskUpdate `#3 in progress` | ⏳ no result |",
        "| ExitPlanMode `Release` | ⏳ no result |",
        "| ScheduleWakeup `in 1m 00s: check the build` | ⏳ no result |",
      ],
    ],
    // The structured output is the answer.
    [
      [
        bash("1", "a"),
        result("1", "x"),
        use("2", "StructuredOutput", { n: 5 }),
        result("2", "does not match", { name: "StructuredOutput", is_error: true }),
      ],
      ["| Bash `a` | ✅ |"],
    ],
    // Older versions report a denial after the failure.
    [
      [
        bash("1", "a"),
        result("1", "requires approval", { is_error: true }),
        { type: "permission_denied", tool_use_id: "1", name: "Bash" },
      ],
      ["| Bash `a` | 🚫 denied |"],
    ],
    // A retracted message is no step.
    [
      [text("I can"), RETRACTION, text("I look.", { message_id: "msg_2" }), bash("1", "a")],
      ["| I look. | |", "| Bash `a` | ⏳ no result |"],
    ],
    // The calls were not seen.
    [
      [
        result("1", "output", { name: "mcp__x" }),
        { type: "permission_denied", tool_use_id: "2", name: "Web*Fetch" },
      ],
      ["| mcp\\_\\_x | ✅ |", "| Web\\*Fetch | 🚫 denied |"],
    ],
    [
      [
        use("3", "Task", { description: "look", subagent_type: "x" }),
        text("inner", parentOf("3")),
        use("4", "Grep", { pattern: "p" }, "3"),
        result("4", "found", parentOf("3")),
        result("3", "report"),
      ],
      ["| Task `look` | ✅ |", "| ↳ inner | |", "| ↳ Grep `p` | ✅ |"],
    ],
    [
      [SESSION, use("1", "Edit", { file_path: "/home/ada/project/a.js" }), result("1", "ok")],
      ["| Edit `a.js` | ✅ |"],
    ],
    [
      [
        use("1", "mcp__github__find", { text: "hi" }),
        result("1", "found"),
        use("2", "TodoWrite", { todos: [{ status: "completed" }] }),
        result("2", "ok"),
      ],
      ["| github:find `hi` | ✅ |", "| TodoWrite `1 todo, 1 done` | ✅ |"],
    ],
  ];
  for (const [bodies, steps] of rows) assertEquals(stepsOf(bodies), steps);
});

Deno.test("the texts of all turns but the answer are steps", () => {
  const turns = [
    use("1", "Bash", { command: "sleep 2" }),
    result("1", "started"),
    text("It runs."),
    answer("It runs."),
    text("It ended."),
    answer("It ended."),
  ];
  const call = "| Bash `sleep 2` | ✅ |";
  assertEquals(stepsOf(turns), [call, "| It runs. | |"]);
  const all = [call, "| It runs. | |", "| It ended. | |"];
  assertEquals(stepsOf(turns, failedExit({ code: 124, reason: "timeout" })), all);
  // A file that cannot be written fails the run after its end.
  assertEquals(stepsOf([...turns, exit()], failedExit({ code: 1, reason: "failed" })), all);
});

Deno.test("calls that are running when the run fails are interrupted", () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "sleep" }),
    failedExit({ code: 124, reason: "timeout" }),
  ]);
  assertStringIncludes(page, "1 tool call (1 interrupted)");
  assertStringIncludes(page, "| Bash `sleep` | ⏹️ interrupted |");
});

Deno.test("a call that ends after many steps of its subagent keeps its row and is counted once", () => {
  const steps = Array.from({ length: 400 }, (_, n) => [
    { ...use(`s${n}`, "Bash", { command: "x" }), parent_tool_use_id: "late" },
    { ...result(`s${n}`, "ok"), parent_tool_use_id: "late" },
  ]);
  const early = Array.from({ length: 30 }, (_, n) => [
    use(`e${n}`, "Bash", { command: "x" }),
    result(`e${n}`, "ok"),
  ]);
  const late = use("late", "Bash", { command: "the late one" });
  const page = pageOf([
    START,
    ...early.flat(),
    late,
    ...steps.flat(),
    result("late", "ok"),
    exit(),
  ]);
  assertStringIncludes(page, "431 tool calls");
  assertStringIncludes(page, "| Bash `the late one` | ✅ |");
});

Deno.test("tool outputs are shown, except those that only confirm an edit", () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "npm test" }),
    result("1", "<tool_use_error>bad</tool_use_error>", { is_error: true }),
    use("2", "Edit", { file_path: "a" }),
    result("2", "The file was updated.", { name: "Edit" }),
    use("3", "Edit", { file_path: "b" }),
    { type: "permission_denied", tool_use_id: "3", name: "Edit", reason: "not allowed" },
    use("4", "Bash", { command: "cat large" }),
    result("4", `begin ${"🎉".repeat(5_000_000)} end`),
    exit(),
  ]);
  const outputs = parseMarkdown(page).filter(({ type }) => type === "fence");
  assertEquals(outputs.slice(0, 2).map(({ content }) => content), ["bad\n", "not allowed\n"]);
  assertMatch(
    outputs[2]?.content ?? "",
    /^begin 🎉+.?\n… 9,996,010 characters omitted …\n.?🎉+ end\n$/u,
  );
});

Deno.test("tool outputs begin with what the call is about, and have its end if it is long", () => {
  const items = Array.from({ length: 500_000 }, (_, at) => ({ content: `item ${at}` }));
  const page = pageOf([
    START,
    use("1", "TodoWrite", { todos: [{ content: "Test\n```", status: "completed" }] }),
    result("1", "Todos have been modified."),
    use("2", "AskUserQuestion", { questions: [{ question: "Which?", options: ["a"] }] }),
    result("2", "The user chose a."),
    use("3", "ExitPlanMode", { plan: "# Plan\n\nTest" }),
    { type: "permission_denied", tool_use_id: "3", name: "ExitPlanMode", reason: "not allowed" },
    result("3", "not allowed", { is_error: true }),
    use("4", "TodoWrite", { todos: items }),
    exit(),
  ]);
  const outputs = parseMarkdown(page).filter(({ type }) => type === "fence")
    .map(({ content }) => content);
  assertEquals(outputs.slice(0, 3), [
    "[x] Test ```\n",
    "Which?\n  - a\n\nThe user chose a.\n",
    "# Plan\n\nTest\n\nnot allowed\n",
  ]);
  assertMatch(
    outputs[3] ?? "",
    /^\[ \] item 0\n[^]{0,2000}\n… [\d,]+ characters omitted …\n[^]{0,2000}\[ \] item 499999\n$/,
  );
});

Deno.test("notes are the warnings and errors besides those of tools", () => {
  const task: EventBody = {
    type: "task",
    task_id: "t",
    status: "failed",
    description: "look",
    summary: "overloaded",
  };
  const retry: EventBody = {
    type: "retry",
    attempt: 1,
    max_retries: 9,
    delay_ms: 5,
    reason: "overloaded",
    http_status: 529,
  };
  const rows: [bodies: EventBody[], notes: string[]][] = [
    [[task], ["- ❌ task failed: look: overloaded"]],
    [[{ ...task, summary: "look", status: "stopped" }], ["- ⚠️ task stopped: look"]],
    [[{ ...task, status: "completed" }], []],
    [[retry, retry], ["- ⚠️ API retry: overloaded (HTTP 529) (2 times)"]],
    [[{ type: "rate_limit", status: "allowed" }], []],
    [
      [{ type: "rate_limit", status: "rejected", kind: "five_hour", utilization: 0.9 }],
      ["- ❌ rate limit: rejected, five hour, 90% used"],
    ],
    [
      [{ type: "notice", level: "warning", kind: "hook", text: "a\nb" }],
      ["- ⚠️ hook: a ⏎ b"],
    ],
    [[{ type: "notice", level: "info", kind: "hook", text: "a" }], []],
    [
      [{
        ...SESSION,
        mcp_servers: [
          { name: "a", status: "failed" },
          { name: "b", status: "connected" },
          { name: "c", status: "needs-auth" },
        ],
      }],
      ["- ⚠️ MCP servers: a (failed), c (needs-auth)"],
    ],
  ];
  for (const [bodies, notes] of rows) {
    const [, rest = ""] = pageOf([START, ...bodies, exit()]).split("### Notes\n\n");
    assertEquals(rest.split("\n").filter((line) => line.startsWith("- ")), notes);
  }
});

Deno.test("the command that resumes the session appears once", () => {
  const command = 'ccrun --resume 0c949d68 "..."';
  const withHint = (hint: string) =>
    pageOf([
      START,
      { type: "error", error: { kind: "api", message: "overloaded", hint } },
      failedExit({ resume: "ccrun --resume 0c949d68" }),
    ]);
  for (const hint of [`resume with: ${command}`, "wait"]) {
    assertEquals(withHint(hint).split(command).length, 2, hint);
  }
  assert(!pageOf([START, failedExit()]).includes("--resume"));
});

Deno.test("the summary says what is not known", () => {
  const unknown = { turns: null, cost_usd: null, usage: null };
  const page = pageOf([START, failedExit(unknown)]);
  assertStringIncludes(page, " · 2m 05s · cost unknown\n");
  assert(!page.includes("turn") && !page.includes("tokens"), page);
});

/** Returns the events of a run with a text in every foreign field. */
function* hostileRun(nasty: () => string, isGood: boolean): Generator<EventBody> {
  yield { ...START, claude: { path: nasty(), version: nasty() }, cwd: nasty() };
  yield {
    type: "session_info",
    session_id: nasty(),
    model: nasty(),
    cwd: nasty(),
    claude_version: nasty(),
    mcp_servers: [{ name: nasty(), status: "failed" }],
  };
  yield { type: "retry", attempt: 1, max_retries: 2, delay_ms: 5, reason: nasty() };
  yield { type: "rate_limit", status: nasty(), kind: nasty(), resets_at: nasty() };
  yield text(nasty(), { message_id: "m1" });
  yield use("1", "Bash", { command: nasty() });
  yield result("1", nasty());
  yield use("2", nasty(), { [nasty()]: nasty(), other: nasty() });
  yield result("2", nasty(), { is_error: true, name: nasty() });
  yield use("3", "Edit", { file_path: nasty(), old_string: nasty(), new_string: nasty() });
  yield result("3", nasty());
  yield use("4", `mcp__${nasty()}__${nasty()}`, {}, "3");
  yield { type: "permission_denied", tool_use_id: "4", name: nasty(), reason: nasty() };
  yield use("5", "Task", { description: nasty(), subagent_type: nasty() });
  yield text(nasty(), { message_id: "m2", ...parentOf("5") });
  yield { type: "task", task_id: nasty(), status: "failed", summary: nasty() };
  yield { type: "notice", level: "warning", kind: nasty(), text: nasty() };
  yield { type: "notice", level: "error", kind: "denied", text: nasty() };
  yield { type: "unknown", event: { x: nasty() } };
  yield { type: "raw", content: nasty() };
  const models = {
    [nasty()]: { input: 1, output: 1, cache_read: 0, cache_write: 0, cost_usd: 1 },
  };
  yield answer(nasty(), { ok: isGood, errors: [nasty()] });
  if (isGood) {
    yield exit({ session_id: nasty(), models });
  } else {
    yield { type: "error", error: { kind: "failed", message: nasty(), hint: nasty() } };
    yield failedExit({ session_id: nasty(), stderr: nasty(), models });
  }
}

Deno.test("foreign text cannot change the page", () => {
  for (const nasty of NASTY) {
    for (const isGood of [true, false]) pageOf(hostileRun(() => nasty, isGood));
  }
});

Deno.test("foreign text cannot change the page in 300 random runs", () => {
  const random = makeRandom(11);
  for (let n = 0; n < 300; n++) {
    pageOf(hostileRun(() => nastyText(random), random.below(2) === 0));
  }
});

Deno.test("an answer cannot turn words of the page into links", () => {
  const words = ["ccrun", "Steps", "0c949d68", "Read", "1m", "claude-opus-4-8", "text", "..."];
  const definitions = words.map((word) => `[${word}]: https://evil.example`).join("\n");
  const page = pageOf([
    START,
    SESSION,
    use("1", "Read", { file_path: "[ccrun]" }),
    result("1", "[text]"),
    use("2", "[text]", { command: "[text][text]" }),
    { type: "notice", level: "error", kind: "[text]", text: "[Read] and [text][1m]" },
    answer(`See [text].\n\n${definitions}`),
    exit({ session_id: "0c949d68", resume: "ccrun --resume 0c949d68" }),
  ]);
  assertStringIncludes(page, "https://evil.example");
});

/** Returns the events of a run with many calls and large outputs. */
function* longRun(calls: number, output: string): Generator<EventBody> {
  yield START;
  yield SESSION;
  for (let n = 0; n < calls; n++) {
    yield text(`Now ${n}.`, { message_id: `m${n}` });
    yield use(`t${n}`, "Bash", { command: `run ${n}` });
    yield result(`t${n}`, output, { is_error: n % 100 === 99 });
  }
  yield answer(output);
  yield exit();
}

Deno.test("a page is no larger than requested, and states what is missing", () => {
  const summary = summaryOf(longRun(2_000, "é🎉 `x` <b>\n".repeat(1_200)));
  for (const maxBytes of [0, 10, 500, 2_000, 10_000, 50_000, 1_000_000]) {
    const page = summary.markdown(maxBytes);
    assertPage(page, maxBytes);
    if (maxBytes >= 500) assertMatch(page, /^## ✅ ccrun: success\n/);
    if (maxBytes >= 10_000) {
      assertStringIncludes(page, "### Answer\n\n> é");
      assertStringIncludes(page, "`run 0`");
      assertStringIncludes(page, "`run 1999`");
      assertMatch(page, /… [\d,]+ more steps/);
    }
    if (maxBytes === 10_000) assertMatch(page, /… [\d,]+ more characters\. `--output FILE`/);
    if (maxBytes >= 50_000) {
      assertStringIncludes(page, "### Tool outputs");
      assertStringIncludes(page, "… and more, which did not fit.");
    }
  }
});

Deno.test("an answer of 10 MB is cut", () => {
  const page = pageOf([START, answer("x🎉".repeat(3_500_000)), exit()]);
  assertMatch(page, /… [\d,]+ more characters\. `--output FILE` writes the whole answer\./);
});

Deno.test("an answer is cut between characters", () => {
  const summary = summaryOf([START, answer("🎉".repeat(9_000)), exit()]);
  for (let maxBytes = 3_000; maxBytes < 3_040; maxBytes++) {
    const page = summary.markdown(maxBytes);
    assertMatch(page, /🎉\n\n… [\d,]+ more characters/);
    assert(!page.includes("\ufffd"), `half of a character in a page of ${maxBytes} bytes`);
  }
});

Deno.test("the summary keeps a limited amount of large texts", () => {
  const summary = createSummary();
  const stamp = createEventFactory(() => null);
  const before = heldBytes();
  for (let n = 0; n < 100; n++) {
    // Different texts, more than 200 MB in total.
    const large = `${n} ok. `.repeat(300_000);
    summary.event(stamp(text(large, { message_id: `m${n}` })));
    summary.event(stamp(use(`t${n}`, "Bash", { command: large })));
    summary.event(stamp(result(`t${n}`, large, { is_error: n % 3 === 0 })));
    summary.event(stamp({ type: "notice", level: "warning", kind: "x", text: large }));
    summary.event(stamp({ type: "retry", attempt: n, max_retries: 9, delay_ms: 1, reason: large }));
  }
  const held = heldBytes() - before;
  assert(held <= 50_000_000, `${held} bytes`);
  assertPage(summary.markdown());
});

/** Returns the size of the heap after a garbage collection. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("createSummary names the pages of published changes, the last one first", () => {
  const published = (number: number): EventBody => {
    const url = `https://example.org/pull/${number}`;
    return { type: "notice", level: "info", kind: "code_change", text: `created ${url}`, url };
  };
  const bodies = [START, SESSION, ...[1, 2, 1].map(published), answer("Done."), exit()];
  assertStringIncludes(
    pageOf(bodies),
    "Published: `https://example.org/pull/1`, `https://example.org/pull/2`\n",
  );
  assertEquals(summaryOf(bodies).changeUrl, "https://example.org/pull/1");
  assertEquals(summaryOf([START]).changeUrl, undefined);
});

Deno.test("createSummary names the model that the session switched to", () => {
  const switched: EventBody = { type: "session_info", session_id: "s1", model: "haiku" };
  assertStringIncludes(pageOf([START, SESSION, switched, answer("Done."), exit()]), "model haiku");
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { createSummary, type Summary } from "../../lib/ci/summary.ts";
import { replay } from "../../lib/run/replay.ts";
import { allTokens, parseMarkdown } from "../support/markdown.ts";
import { readRecordings } from "../support/recordings.ts";
import { NASTY, nastyText } from "./nasty_markdown.ts";
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

/** A summary that was given these events. */
function summaryOf(bodies: Iterable<EventBody>): Summary {
  const summary = createSummary({ home: "/home/ada" });
  const stamp = createEventFactory(() => null);
  for (const body of bodies) summary.event(stamp<EventType>(body));
  return summary;
}

/** The page of a run with these events, which is checked. */
function pageOf(bodies: Iterable<EventBody>, maxBytes?: number): string {
  const page = summaryOf(bodies).markdown(maxBytes);
  assertPage(page, maxBytes);
  return page;
}

const HEADING =
  /^(?:[✅❌] ccrun: [A-Za-z', ]+|⏳ ccrun: not at its end|Answer|What claude said last|Steps|Tool outputs|Worth knowing|Tokens and cost|Go on)$/;

const OWN_HTML =
  /^(?:<details><summary>[^<>]*(?:<code>[^<>]*<\/code>[^<>]*)?<\/summary>|<\/details>)\n*$/;

/** Checks that a page is what ccrun made it, whatever was in the events. */
function assertPage(page: string, maxBytes = 1_000_000): void {
  assert(new TextEncoder().encode(page).length <= maxBytes, "size");
  assert(page.isWellFormed());
  // It may stand behind another one.
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
    // deno-lint-ignore no-control-regex -- that they are not there is what is checked
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
    if (type === "fence") assert(["text", "json", "diff", "sh"].includes(info), info);
    if (type === "text") assert(!/:\/\/|www\.|\w@\w|@\w|#\d/i.test(content), content);
    if (previous === "heading_open") headings.push(content);
    previous = type;
  }
  assertEquals(details, 0, "each fold ends");
  assert(quotes <= 1);
  for (const heading of headings) assertMatch(heading, HEADING);
  assertEquals(new Set(headings).size, headings.length);
}

/**
 * Compares a page with one that somebody has looked at. After a change that is meant, write them anew with
 * CCRUN_UPDATE_GOLDEN=1, and look at the difference.
 */
function assertGolden(name: string, page: string): void {
  const file = new URL(`./${name}.txt`, import.meta.url);
  if (Deno.env.get("CCRUN_UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, page);
  assertEquals(page, Deno.readTextFileSync(file));
}

Deno.test("the summary of every recording is as it should be", async () => {
  for (const recording of readRecordings()) {
    const summary = createSummary();
    for await (const event of replay(new Blob([recording.bytes]).stream())) summary.event(event);
    const page = summary.markdown();
    assertPage(page);
    assertMatch(page, /^## [✅❌] ccrun: /);
    assert(!page.includes("tool_use_error"));
    // Where there is no session there is nothing to go on with.
    const isSession = !recording.name.endsWith("resume-unknown");
    assertEquals(/ccrun --resume [0-9a-f-]{36} "\.\.\."/.test(page), isSession, recording.name);
  }
});

Deno.test("the summary of a good run", () => {
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
    answer("It is **fixed**.", {
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
    exit({ session_id: "0c949d68-6fd3-4732-ba68-7a0099347d44" }),
  ]);
  assertGolden("summary_good", page);
});

Deno.test("the summary of a run that failed has the error, what to do, and what claude said last", () => {
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
    failedExit({ session_id: "0c949d68", stderr: "warning: slow\n" }),
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

Deno.test("a run that failed is told no answer, and what it said only where the error does not", () => {
  const end = (message: string, said: string) =>
    pageOf([
      START,
      text(said),
      answer(said, { ok: false }),
      { type: "error", error: { kind: "api", message } },
      failedExit(),
    ]);
  assert(!end("API Error: 400 bad", "API  Error: 400\nbad").includes("> "));
  assertStringIncludes(
    end("overloaded", "I was at it."),
    "### What claude said last\n\n> I was at it.",
  );
  assert(!end("overloaded", "x").includes("### Answer"));
});

Deno.test("what Claude Code says of the API is neither a step nor what claude said", () => {
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
  assertStringIncludes(page, "### What claude said last\n\n> I look at the tests.\n");
});

Deno.test("the steps are in their order, sub-agents' are marked, and turns are counted once", () => {
  const page = pageOf([
    START,
    thinking("hm", { message_id: "msg_1" }),
    use("1", "Read", { file_path: "a" }),
    use("2", "Read", { file_path: "b" }),
    result("1", "x"),
    result("2", "x", { duration_ms: 2_000 }),
    use("3", "Task", { description: "look", subagent_type: "x" }),
    text("inner", { message_id: "in_1", ...parentOf("3") }),
    use("4", "Grep", { pattern: "p" }, "3"),
    result("4", "found", parentOf("3")),
    result("3", "report"),
    text("First.", { message_id: "msg_3" }),
    text("Second.", { message_id: "msg_3", index: 1 }),
    use("5", "Bash", { command: "true" }),
    answer("Done."),
    exit({ turns: 7 }),
  ]);
  const rows = page.split("\n").filter((line) => line.startsWith("|"));
  assertEquals(rows, [
    "| What claude did | Outcome | Time |",
    "| :--- | :--- | ---: |",
    "| Read `a` | ✅ | 0.1s |",
    "| Read `b` | ✅ | 2.0s |",
    "| Task `look` (x) | ✅ | 0.1s |",
    "| ↳ inner | | |",
    "| ↳ Grep `p` | ✅ | 0.1s |",
    "| First. | | |",
    "| Second. | | |",
    "| Bash `true` | ⏳ no result | |",
  ]);
  assertEquals(page.match(/\bturns?\b/gi), ["turns"]);
  assertStringIncludes(page, "7 turns");
});

Deno.test("where no time is known, there is no column for it", () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "true" }),
    result("1", "x", { duration_ms: null }),
    exit(),
  ]);
  assertStringIncludes(
    page,
    "| What claude did | Outcome |\n| :--- | :--- |\n| Bash `true` | ✅ |\n",
  );
});

Deno.test("the tokens are those of the table, with the sub-agents'", () => {
  const usage = { input: 100, output: 10, cache_read: 1_000, cache_write: 0, cost_usd: 1 };
  const models = { one: usage, two: usage };
  const page = pageOf([START, answer("Done.", { models }), exit()]);
  assertStringIncludes(page, " · 2.2k tokens in, 20 out · ");
  const without = pageOf([START, answer("Done."), exit()]);
  assertStringIncludes(without, " · 45.2k tokens in, 126 out · ");
});

Deno.test("how to go on is said once, and that the session is where it ran", () => {
  const command = 'ccrun --resume 0c949d68 "..."';
  const told = (hint: string) =>
    pageOf([
      START,
      SESSION,
      { type: "error", error: { kind: "api", message: "overloaded", hint } },
      failedExit({ session_id: "0c949d68" }),
    ]);
  for (const page of [told(`go on with: ${command}`), told("wait")]) {
    assertEquals(page.split(command).length, 2, page);
    assertEquals(page.split("0c949d68").length, 2, page);
    assertEquals(page.split("claude keeps the session on the machine where it ran").length, 2);
  }
  assert(!told(`go on with: ${command}`).includes("### Go on"));
  const none = pageOf([START, failedExit()]);
  assert(!none.includes("claude keeps the session"));
});

Deno.test("a tool's own error is shown without what the model is told around it", () => {
  const wrapped = "<tool_use_error>File has not been read yet.</tool_use_error>";
  const page = pageOf([
    START,
    use("1", "Write", { file_path: "a" }),
    result("1", wrapped, { is_error: true }),
    use("2", "Write", { file_path: "b" }),
    { type: "permission_denied", tool_use_id: "2", name: "Write", reason: wrapped },
    use("3", "Bash", { command: "cat log" }),
    result("3", `${wrapped}\n`),
    exit(),
  ]);
  const blocks = parseMarkdown(page).filter(({ type }) => type === "fence");
  assertEquals(blocks.map(({ content }) => content), [
    "File has not been read yet.\n",
    "File has not been read yet.\n",
    // What is in a file is shown as it is.
    `${wrapped}\n`,
  ]);
});

Deno.test("a tool that was interrupted is no failure, and no user refused it", async () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "sleep 300" }),
    { type: "task", task_id: "t", tool_use_id: "1", status: "stopped", summary: "Sleep" },
    result("1", "The user doesn't want to proceed", { is_error: true, interrupted: true }),
    exit(),
  ]);
  assertStringIncludes(page, "1 tool call (1 interrupted)");
  assertStringIncludes(page, "| Bash `sleep 300` | ⏹️ interrupted | 0.1s |");
  assert(!/Worth knowing|Tool outputs|doesn't want/.test(page));

  const recording = readRecordings().find(({ name }) => name.endsWith("sigint-during-tool"));
  const summary = createSummary();
  const bytes = recording?.bytes ?? new Uint8Array();
  for await (const event of replay(new Blob([bytes]).stream())) summary.event(event);
  const recorded = summary.markdown();
  assertStringIncludes(recorded, "1 tool call (1 interrupted)");
  assertStringIncludes(recorded, "| Bash `sleep 300` | ⏹️ interrupted |");
  assert(!/doesn't want|❌ failed|task stopped/.test(recorded), recorded);
});

Deno.test("a tool that runs when the run is stopped was interrupted", () => {
  const stopped = (reason: "timeout" | "interrupt" | "limit") =>
    pageOf([
      START,
      use("1", "Bash", { command: "sleep" }),
      failedExit({ code: 124, reason }),
    ]);
  assertStringIncludes(stopped("timeout"), "| Bash `sleep` | ⏹️ interrupted |");
  assertStringIncludes(stopped("interrupt"), "1 tool call (1 interrupted)");
  assertStringIncludes(stopped("limit"), "| Bash `sleep` | ⏳ no result |");
});

Deno.test("what stands on the page already is not worth knowing once more", () => {
  const notes = (bodies: EventBody[]) => {
    const [, list = ""] = pageOf([START, ...bodies]).split("### Worth knowing\n\n");
    return list.split("\n").filter((line) => line.startsWith("- "));
  };
  const call = use("1", "Agent", { description: "look" });
  const task: EventBody = {
    type: "task",
    task_id: "t",
    tool_use_id: "1",
    status: "failed",
    description: "look",
    summary: "overloaded",
  };
  const failed = result("1", "overloaded", { is_error: true, name: "Agent" });
  assertEquals(notes([call, task, failed, answer("It failed."), exit()]), []);
  // One in the background went well as far as its call is concerned.
  assertEquals(notes([call, result("1", "launched"), task, answer("It failed."), exit()]), [
    "- ❌ task failed: look: overloaded",
  ]);
  assertEquals(notes([{ ...task, summary: "look" }, exit()]), ["- ❌ task failed: look"]);
  const notice = (text: string): EventBody => ({
    type: "notice",
    level: "warning",
    kind: "x",
    text,
  });
  const blocked = notice("blocked:\nby a hook");
  assertEquals(notes([blocked, answer("blocked: by a hook\n\nPrompt: x"), exit()]), []);
  assertEquals(notes([blocked, answer("fine"), exit()]).length, 1);
  // How often it was tried again is said nowhere else.
  const retry: EventBody = {
    type: "retry",
    attempt: 1,
    max_retries: 9,
    delay_ms: 5,
    reason: "overloaded",
  };
  const error: EventBody = { type: "error", error: { kind: "api", message: "overloaded" } };
  assertEquals(notes([retry, retry, error, failedExit()]), ["- ⚠️ retry: overloaded (2 times)"]);
});

Deno.test("a structured output is not followed by what its tool said of it", () => {
  const page = pageOf([
    START,
    use("1", "StructuredOutput", { n: 5 }),
    result("1", "Structured output provided successfully", { name: "StructuredOutput" }),
    answer("", { structured_output: { n: 5 } }),
    exit(),
  ]);
  assert(!page.includes("provided successfully"));
  const wrong = pageOf([
    START,
    use("1", "StructuredOutput", { n: "x" }),
    result("1", "n must be a number", { name: "StructuredOutput", is_error: true }),
    exit(),
  ]);
  assertStringIncludes(wrong, "n must be a number");
});

Deno.test("a refusal that is told at the end makes a failure a refusal", () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "x" }),
    result("1", "requires approval", { is_error: true }),
    { type: "permission_denied", tool_use_id: "1", name: "Bash" },
    { type: "permission_denied", tool_use_id: "1", name: "Bash" },
    exit(),
  ]);
  assertStringIncludes(page, "1 tool call (1 refused)");
  assertStringIncludes(page, "Bash `x` | 🚫 refused");
});

Deno.test("results and refusals of calls that were not seen are shown", () => {
  const page = pageOf([
    START,
    result("1", "output", { name: "mcp__x__y" }),
    { type: "permission_denied", tool_use_id: "2", name: "Web*Fetch" },
    exit(),
  ]);
  assertStringIncludes(page, "x:y | ✅");
  assertStringIncludes(page, "Web\\*Fetch | 🚫 refused");
});

Deno.test("a summary can be asked for before the end, and of nothing", () => {
  assertStringIncludes(pageOf([]), "not at its end");
  assertStringIncludes(pageOf([START, text("Hm")]), "not at its end");
});

/** A run in which a text is in every place that is foreign. */
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
  yield answer(nasty(), { models, ok: isGood, errors: [nasty()] });
  if (isGood) {
    yield exit({ session_id: nasty() });
  } else {
    yield { type: "error", error: { kind: "failed", message: nasty(), hint: nasty() } };
    yield failedExit({ session_id: nasty(), stderr: nasty() });
  }
}

Deno.test("nothing that is said in a run is more than text on its page", () => {
  for (const nasty of NASTY) {
    for (const isGood of [true, false]) pageOf(hostileRun(() => nasty, isGood));
  }
});

Deno.test("nothing that is said in a run is more than text on its page, in 1,000 random runs", () => {
  const random = makeRandom(11);
  for (let n = 0; n < 1_000; n++) {
    pageOf(hostileRun(() => nastyText(random), random.below(2) === 0));
  }
});

Deno.test("an answer cannot make links of the words around it", () => {
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
    exit({ session_id: "0c949d68" }),
  ]);
  assertStringIncludes(page, "https://evil.example");
});

/** A run of many calls with large outputs. */
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

Deno.test("5,000 calls and an answer of 10 MB fit a page, and what is missing is said", () => {
  const page = pageOf(longRun(5_000, "é🎉<b>`\n".repeat(1_200)));
  assertMatch(page, /… [\d,]+ more calls, [\d,]+ more texts/);
  assertMatch(page, /… and of [\d,]+ more calls/);
  assertStringIncludes(page, "`run 0`");
  assertStringIncludes(page, "`run 4999`");
  // What failed is there, also where what went well is not.
  assertStringIncludes(page, "`run 2499`");
  assert(!page.includes("`run 2498`"));
  const large = pageOf([START, answer("x🎉".repeat(3_500_000)), exit()]);
  assertMatch(large, /… 10,300,\d\d\d more characters; `--output FILE` keeps all/);
});

Deno.test("a page is as small as it is asked to be", () => {
  const summary = summaryOf(longRun(600, "output `x` <b>\n".repeat(10_000)));
  for (const maxBytes of [0, 10, 100, 500, 2_000, 10_000, 50_000, 200_000, 500_000, 1_000_000]) {
    const page = summary.markdown(maxBytes);
    assertPage(page, maxBytes);
    if (maxBytes >= 100) assertMatch(page, /^## ✅ ccrun: done\n/);
    if (maxBytes >= 10_000) assertStringIncludes(page, "### Answer\n\n> output");
    if (maxBytes >= 50_000) assertStringIncludes(page, "### Tool outputs");
  }
});

Deno.test("large outputs are cut in the midst, not within a character", () => {
  const page = pageOf([
    START,
    use("1", "Bash", { command: "x" }),
    result("1", `begin ${"🎉".repeat(5_000_000)} end`),
    exit(),
  ]);
  const blocks = parseMarkdown(page).filter(({ type }) => type === "fence");
  assertMatch(blocks[0]?.content ?? "", /^begin 🎉+\n$/u);
  assertMatch(blocks[1]?.content ?? "", /^🎉+ end\n$/u);
  assertStringIncludes(page, "… 9,996,0");
});

Deno.test("of outputs that are too much together, the oldest are let go that tell of no failure", () => {
  const bodies: EventBody[] = [START];
  for (let n = 0; n < 150; n++) {
    bodies.push(use(`${n}`, "Bash", { command: `run ${n}` }));
    bodies.push(result(`${n}`, `${n}:${"x".repeat(3_990)}`, { is_error: n === 3 }));
  }
  const page = pageOf([...bodies, exit()]);
  assertStringIncludes(page, "<summary>Outputs of 125 tool calls</summary>");
  assertStringIncludes(page, "… and of 25 more calls");
  const first = parseMarkdown(page).filter(({ type }) => type === "fence")
    .map(({ content }) => content.split(":")[0]);
  assertEquals(first.slice(0, 3), ["3", "26", "27"]);
});

Deno.test("of large texts no more is held than what is shown", () => {
  const summary = createSummary();
  const stamp = createEventFactory(() => null);
  const before = Deno.memoryUsage().heapUsed;
  for (let n = 0; n < 200; n++) {
    // Each is a text of its own, so that one that is held shows: all of them are 800 MB.
    const large = `${n} ok. `.repeat(300_000);
    summary.event(stamp(text(large, { message_id: `m${n}` })));
    summary.event(stamp(use(`t${n}`, "Bash", { command: large })));
    summary.event(stamp(result(`t${n}`, large, { is_error: n % 3 === 0 })));
    summary.event(stamp({ type: "notice", level: "warning", kind: "x", text: large }));
    summary.event(stamp({ type: "retry", attempt: n, max_retries: 9, delay_ms: 1, reason: large }));
  }
  // Garbage is collected only where there is more of it.
  let garbage = 0;
  for (let n = 0; n < 3_000; n++) garbage += new Array(10_000).fill(n).length;
  assertEquals(garbage, 30_000_000);
  const held = Deno.memoryUsage().heapUsed - before;
  assert(held < 100_000_000, `${held} bytes`);
  assertPage(summary.markdown());
});

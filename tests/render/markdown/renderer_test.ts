import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../../lib/events.ts";
import type { RunEvent } from "../../../lib/events.ts";
import { createMarkdownRenderer } from "../../../lib/render/markdown/renderer.ts";
import { replay } from "../../../lib/run/replay.ts";
import { hostileRun } from "../../support/hostile_run.ts";
import { makeKeptSink } from "../../support/kept_writer.ts";
import { allTokens } from "../../support/markdown.ts";
import { NASTY, nastyText } from "../../support/nasty_markdown.ts";
import { largeSession } from "../../support/page_session.ts";
import { makeRandom } from "../../support/random.ts";
import { readRecordings } from "../../support/recordings.ts";
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
} from "../../support/rendered_run.ts";

function render(events: Iterable<RunEvent>): string {
  const sink = makeKeptSink();
  const renderer = createMarkdownRenderer(sink, { home: "/home/ada" });
  for (const event of events) renderer.event(event);
  const page = sink.text();
  assertPage(page);
  return page;
}

function pageOf(bodies: readonly EventBody[]): string {
  const stamp = createEventFactory(() => null);
  return render(bodies.map((body) => stamp<EventType>(body)));
}

const OWN_HTML =
  /^(?:<details><summary>[^<>]*(?:<code>[^<>]*<\/code>[^<>]*)?<\/summary>|<\/details>|<\/?blockquote>)\n*$/;

const HEADING =
  /^(?:[✅❌❔] Claude Code: [a-z_ ]+|(?:Prompt|Answer|Last text)(?: \d+)?|Tokens and cost)$/;

/** Checks that foreign text has not changed the structure of a page. */
function assertPage(page: string): void {
  assert(page.isWellFormed());
  assertMatch(page, /^## [^]*[^\n]\n$/);
  let details = 0;
  let previous = "";
  for (const { token: { type, content, info }, isQuoted } of allTokens(page)) {
    assert(type !== "image" && type !== "html_inline", `${type}: ${content}`);
    // deno-lint-ignore no-control-regex -- the test checks that there are none
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(content), content);
    if (type === "html_block") {
      assert(!isQuoted, content);
      assertMatch(content, OWN_HTML);
      if (content.includes("details")) details += content.startsWith("</") ? -1 : 1;
      assert(details >= 0);
    }
    if (isQuoted) continue;
    assert(type !== "link_open" && type !== "hr", type);
    if (type === "fence") assert(["text", "json", "sh", "diff"].includes(info), info);
    if (previous === "heading_open") assertMatch(content, HEADING);
    previous = type;
  }
  assertEquals(details, 0, "every fold is closed");
}

Deno.test("the markdown of every recording is well-formed", async () => {
  for (const { bytes } of readRecordings()) {
    const events = await Array.fromAsync(replay(new Blob([bytes]).stream()));
    assertMatch(render(events), /^## [✅❌] Claude Code: /);
  }
});

const PROMPT: EventBody = { type: "user_text", kind: "prompt", text: "Fix the *test*." };

Deno.test("a transcript has the prompt, the steps, the answer and the costs", () => {
  const page = pageOf([
    START,
    { ...SESSION, model: "claude-opus-5-5" },
    PROMPT,
    thinking("Where is it?"),
    text("I look.", { message_id: "msg_1" }),
    use("1", "Bash", { command: "npm test" }),
    result("1", "Exit code 1\nFAILED", { is_error: true, duration_ms: 1_200 }),
    use("2", "Edit", { file_path: "/home/ada/project/a.js", old_string: "a", new_string: "b" }),
    result("2", "ok", { name: "Edit", diff: "@@ -1,1 +1,1 @@\n-a\n+b" }),
    use("3", "TodoWrite", { todos: [{ content: "Test it", status: "completed" }] }),
    result("3", "ok", { name: "TodoWrite" }),
    text("It is fixed.", { message_id: "msg_2" }),
    answer("It is fixed."),
    exit(),
  ]);
  for (
    const part of [
      "### Prompt\n\n> Fix the *test*.\n",
      "<details><summary>3 tool calls (1 failed)</summary>\n",
      "<details><summary>Thinking</summary>\n\n> Where is it?\n",
      "> I look.\n",
      "<details><summary>Bash <code>npm test</code> ❌ failed 1.2s</summary>\n\n```text\nExit code 1\nFAILED\n```\n",
      "```diff\n@@ -1,1 +1,1 @@\n-a\n+b\n```\n",
      "- [x] Test it\n",
      "### Answer\n\n> It is fixed.\n",
    ]
  ) assertStringIncludes(page, part);
});

Deno.test("a transcript without other steps has no section for them", () => {
  const output = { ok: true };
  const sessions: readonly (readonly EventBody[])[] = [
    [text("Done."), answer("Done.")],
    [
      use("1", "StructuredOutput", output),
      result("1", "ok", { name: "StructuredOutput" }),
      answer("", { structured_output: output }),
    ],
  ];
  for (const session of sessions) {
    const page = pageOf([START, SESSION, PROMPT, ...session, exit()]);
    assert(!page.includes("<details>"), page);
    assertStringIncludes(page, "### Answer\n");
  }
});

Deno.test("a transcript says why a turn failed", () => {
  const page = pageOf([
    START,
    SESSION,
    PROMPT,
    answer("", { ok: false, subtype: "error_max_turns", errors: ["Reached *20* turns"] }),
    failedExit({ reason: "limit", code: 5 }),
  ]);
  assertStringIncludes(page, "❌ Reached \\*20\\* turns\n");
});

Deno.test("a transcript nests the steps of a subagent in its call", () => {
  const page = pageOf([
    START,
    SESSION,
    use("1", "Agent", { prompt: "Look around.", description: "Look" }),
    { ...use("2", "Bash", { command: "ls" }), ...parentOf("1") } as EventBody,
    { ...result("2", "a.js"), ...parentOf("1") } as EventBody,
    result("1", "There is a.js.", { name: "Agent" }),
    text("One file."),
    answer("One file."),
    exit(),
  ]);
  const nested = page.slice(page.indexOf("<blockquote>"), page.indexOf("</blockquote>"));
  assertStringIncludes(nested, "Bash <code>ls</code>");
  assertStringIncludes(page, "<details><summary>2 tool calls</summary>\n");
  assertStringIncludes(page, "> Look around.\n");
  assertStringIncludes(page, "> There is a.js.\n");
});

Deno.test("a transcript says what is not known", () => {
  const page = pageOf([
    START,
    SESSION,
    PROMPT,
    use("1", "Bash", { command: "sleep 60" }),
    exit({
      code: 0,
      ok: null,
      reason: null,
      turns: null,
      usage: null,
      cost_usd: null,
      duration_ms: null,
    }),
  ]);
  assertStringIncludes(page, "## ❔ Claude Code: no result recorded\n");
  for (const part of ["time unknown", "turns unknown", "tokens unknown", "cost unknown"]) {
    assertStringIncludes(page, part);
  }
  assertStringIncludes(page, "No result was recorded.");
});

Deno.test("a transcript says why a run failed", () => {
  const error = { kind: "api", message: "overloaded" } as const;
  const page = pageOf([
    START,
    SESSION,
    PROMPT,
    { type: "error", error },
    failedExit({ reason: "api", code: 4 }),
  ]);
  assertStringIncludes(page, "## ❌ Claude Code: api\n");
  assertStringIncludes(page, "```text\noverloaded\n```\n");
});

Deno.test("a transcript of several prompts numbers them", () => {
  const second: EventBody = { ...PROMPT, text: "And now?" };
  const page = pageOf([START, SESSION, PROMPT, text("One."), answer("One."), second, exit()]);
  for (const part of ["### Prompt 1\n\n> Fix", "### Answer 1\n\n> One.", "### Prompt 2\n\n> And"]) {
    assertStringIncludes(page, part);
  }
});

Deno.test("a transcript keeps the answer, and shortens outputs until it is small", () => {
  const page = render(largeSession(5_000));
  assert(page.length < 2_000_000, `${page.length}`);
  assertStringIncludes(page, "more steps …");
  const long = "word ".repeat(20_000);
  const whole = pageOf([
    START,
    SESSION,
    use("1", "Bash", { command: "x" }),
    result("1", long),
    text(long),
    answer(long),
    exit(),
  ]);
  assertStringIncludes(whole, long.trim());
  assertStringIncludes(whole, "characters omitted …");
});

Deno.test("hostile text stays inert in a transcript", () => {
  const random = makeRandom(17);
  const texts = [...NASTY, ...Array.from({ length: 100 }, () => nastyText(random))];
  for (const evil of texts) {
    pageOf([{ type: "user_text", kind: "prompt", text: evil }, ...hostileRun(evil)]);
  }
});

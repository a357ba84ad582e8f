import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody, NO_USAGE } from "../../../lib/events.ts";
import { renderPage } from "../../../lib/render/html/page.ts";
import { ReportBuilder } from "../../../lib/render/report/report_builder.ts";
import { hostileRun } from "../../support/hostile_run.ts";
import { conversationOf, exit, renderedPage } from "./rendered_page.ts";

function text(text: string): EventBody {
  return { type: "text", text, message_id: text.slice(0, 20), index: 0 };
}

function call(id: string, name: string, input: { [field: string]: unknown }): EventBody {
  return { type: "tool_use", id, name, input };
}

function output(tool_use_id: string, text: string, fields = {}): EventBody {
  const result = { type: "tool_result", tool_use_id, name: "x", is_error: false } as const;
  return { ...result, text, duration_ms: null, ...fields };
}

function result(text: string): EventBody {
  return {
    type: "result",
    ok: true,
    subtype: "success",
    text,
    turns: null,
    duration_ms: null,
    api_duration_ms: null,
    cost_usd: null,
    usage: null,
    denials: [],
    errors: [],
    answer: text,
  };
}

Deno.test("createHtmlRenderer allows its own style and script, and nothing else", async () => {
  const page = await renderedPage([text("a")]);
  const hashOf = async (tag: string) => {
    const [, content = ""] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page) ?? [];
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
    return `sha256-${new Uint8Array(hash).toBase64()}`;
  };
  const policy = `default-src 'none'; style-src '${await hashOf(
    "style",
  )}'; script-src '${await hashOf(
    "script",
  )}'; img-src data:; base-uri 'none'; form-action 'none'`;
  assertStringIncludes(
    page,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    "write these hashes to lib/render/html/page_hashes.ts",
  );
});

Deno.test("createHtmlRenderer writes one page that refers to no other file", async () => {
  const page = await renderedPage([text("see https://x.org/a")]);
  assertMatch(page, /^<!DOCTYPE html>\n<html lang="en">[\s\S]*<\/html>\n$/);
  assertEquals(page.match(/<(?:link|iframe|object|embed|base|form|audio|video|source)\b/g), null);
  assertEquals(page.match(/\b(?:src|srcset|action|style)="/g), null);
  assertEquals(page.match(/url\(|@import/g), null);
});

Deno.test("createHtmlRenderer writes nothing before the end of the session", async () => {
  const page = await renderedPage([]);
  assertEquals(page.match(/<!DOCTYPE html>/g)?.length, 1);
});

/** Texts that would do something if they were not escaped. */
const EVIL = [
  `</script></style></title><script>alert(1)</script><svg onload=alert(1)>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `[a](javascript:alert(1)) ![b](https://evil.example/b.png) <https://ok.example>`,
  `<base href="https://evil.example"><meta http-equiv="refresh" content="0">`,
  "\u202e\u2066\u200b\ufeff\x1b[2J\x9b",
];

Deno.test("createHtmlRenderer keeps hostile text inert", async () => {
  const harmless = await renderedPage(hostileRun("harmless"));
  const tagsOf = (page: string) => new Set(page.match(/<[a-z][a-z0-9]*/gi));
  const allowed = tagsOf(harmless).union(new Set(["<a", "<code", "<em", "<strong", "<ul", "<ol"]));
  for (const evil of EVIL) {
    const page = await renderedPage(hostileRun(evil));
    assertEquals([...tagsOf(page).difference(allowed)], [], evil);
    assertEquals(page.match(/<script/g)?.length, 1, evil);
    assertEquals(page.match(/<[^>"]*(?:"[^"]*"[^>"]*)*\son\w+\s*=/g), null, evil);
    const links = page.matchAll(/<a [^>]*?href="([^"]*)"([^>]*)>/g);
    for (const [link, address = "", rest] of links) {
      assertMatch(address, /^(?:#step-\d+|#conversation|https?:\/\/)/, link);
      if (!address.startsWith("#")) assertStringIncludes(rest!, 'rel="noreferrer noopener"');
    }
    for (const invisible of EVIL.at(-1)!) {
      if (invisible > "~" || invisible < " ") assertEquals(page.includes(invisible), false, evil);
    }
  }
});

Deno.test("createHtmlRenderer writes what is not known as unknown", async () => {
  const page = await renderedPage([text("a")], { ok: false, code: 1, reason: "failed" });
  for (
    const part of [
      "<h1>Claude Code session</h1>",
      "model unknown",
      "<dt>Input tokens</dt><dd>unknown</dd>",
      "<dt>Output tokens</dt><dd>unknown</dd>",
      "<dt>Cost</dt><dd>unknown</dd>",
      "model turns unknown",
      "Tokens and cost by model: unknown",
    ]
  ) assertStringIncludes(page, part);
});

Deno.test("createHtmlRenderer begins with the prompt, the outcome and what was used", async () => {
  const page = await renderedPage([
    {
      type: "start",
      schema: "ccrun.events/1",
      ccrun: "0",
      time: "2026-11-27T10:00:00Z",
      claude: null,
      cwd: "/w",
    },
    { type: "session_info", model: "claude-x", session_id: "s-1", claude_version: "2.1" },
    { type: "user_text", kind: "prompt", text: "Fix <it>\n\nPlease." },
    { type: "error", error: { kind: "limit", message: "the limit is reached", hint: "wait" } },
  ], {
    ok: false,
    code: 5,
    reason: "limit",
    turns: 3,
    cost_usd: 1.5,
    duration_ms: 65_000,
    usage: { input: 100, output: 1_200, cache_read: 900, cache_write: 0 },
    models: {
      cheap: { ...NO_USAGE, input: 12_345, cost_usd: null },
      expensive: { ...NO_USAGE, cost_usd: 1.5 },
    },
  });
  for (
    const part of [
      "<title>Fix &lt;it&gt;</title>",
      '<span class="badge error">Failed: limit</span>',
      "<span>claude-x</span>",
      '<time datetime="2026-11-27T10:00:00Z">2026-11-27 10:00 UTC</time>',
      "<h1>Fix &lt;it&gt;</h1>",
      "<b>the limit is reached</b>",
      "<p>wait</p>",
      "<dt>Time</dt><dd>1m 05s</dd>",
      "<dt>Turns</dt><dd>1<small>3 model turns</small></dd>",
      "<dt>Input tokens</dt><dd>1.0k<small>90% from cache</small></dd>",
      "<dt>Cost</dt><dd>$1.50</dd>",
      '<th scope="row">expensive</th><td data-name="Cost">$1.50</td>',
      '<td data-name="Cost">unknown</td><td data-name="Uncached input">12,345</td>',
      "<dt>Session</dt><dd><code>s-1</code></dd>",
    ]
  ) assertStringIncludes(page, part);
});

Deno.test("createHtmlRenderer shows each kind of step", async () => {
  const page = conversationOf(
    await renderedPage([
      { type: "user_text", kind: "prompt", text: "a\n  b" },
      { type: "thinking", text: "one\ntwo", message_id: "m", index: 0 },
      text("**bold**"),
      call("t1", "Bash", { command: "ls\nls", description: "List" }),
      output("t1", "a < b"),
      call("t2", "Edit", { file_path: "/x.ts", old_string: "a\nb", new_string: "c" }),
      output("t2", "updated"),
      call("t3", "Write", { file_path: "/y.ts", content: "new" }),
      output("t3", "created", { diff: "@@ -1 +1 @@\n same\n-old\n+new\n" }),
      call("t4", "TodoWrite", {
        todos: [{ content: "A", status: "completed" }, { content: "B", status: "pending" }],
      }),
      output("t4", "ok"),
      call("t5", "TaskCreate", { subject: "C" }),
      output("t5", "Task #7 created successfully: C"),
      call("t6", "TaskUpdate", { taskId: "7", status: "in_progress" }),
      output("t6", "ok"),
      call("t7", "Bash", { command: "false" }),
      output("t7", "Exit code 1", { is_error: true }),
      call("t8", "Bash", { command: "rm" }),
      { type: "permission_denied", tool_use_id: "t8", name: "Bash", reason: "not allowed" },
      call("t9", "Bash", { command: "sleep" }),
      { type: "notice", level: "warning", kind: "hook", text: "careful" },
      result("**bold**"),
    ]),
  );
  for (
    const part of [
      '<b class="who">Prompt</b><div class="plain">a\n  b</div>',
      '<b>Thinking</b> <span class="preview">one ⏎ two</span>',
      '<div class="answer"><b class="who">Answer</b><div class="markdown"><p><strong>bold</strong>',
      "<dt>command</dt><dd><pre>ls\nls</pre></dd></dl>",
      '<span class="note" title="List">List</span>',
      '<span class="mark done" role="img" aria-label="done"></span>',
      '<span class="mark failed" aria-hidden="true"></span>',
      '<div class="output"><pre>a &lt; b</pre></div>',
      '<pre class="diff"><span class="remove">-a\n-b\n</span><span class="add">+c\n</span></pre>',
      '<span class="hunk">@@ -1 +1 @@\n</span><span class="same"> same\n</span>',
      '<span class="add">+new\n</span></pre>',
      '<li class="done" title="done">A</li><li class="open" title="open">B</li>',
      '<li class="active" title="in progress">C</li>',
      '<div class="output problem"><pre>Exit code 1</pre></div>',
      '<p class="denial">Denied: not allowed</p>',
      "No result was recorded.",
      '<div class="line warning"><b>hook</b> <div class="plain">careful</div></div>',
      "<b>Turn completed</b>",
    ]
  ) assertStringIncludes(page, part);
  assertEquals(page.match(/class="step \w+ problem"/g)?.length, 2);
  assertEquals(page.match(/>created|>updated|created successfully/g), null);
});

Deno.test("createHtmlRenderer nests the steps of a subagent in its call", async () => {
  const page = conversationOf(
    await renderedPage([
      call("a", "Agent", { description: "Look", prompt: "Look around" }),
      {
        type: "user_text",
        kind: "subagent",
        text: "Look around",
        parent_tool_use_id: "a",
      },
      { ...text("found **it**"), parent_tool_use_id: "a" } as EventBody,
      output("a", "report"),
    ]),
  );
  assertMatch(
    page,
    /<div class="plain">Look around<\/div><div class="nested"><article id="step-3" class="step text">/,
  );
  assertEquals(page.match(/Look around/g)?.length, 1);
});

Deno.test("createHtmlRenderer folds long calls, and unfolds short ones and failures", async () => {
  const long = "line\n".repeat(100);
  const page = conversationOf(
    await renderedPage([
      call("t1", "Bash", { command: "a" }),
      output("t1", long),
      call("t2", "Bash", { command: "b" }),
      output("t2", "short"),
      call("t3", "Bash", { command: "c" }),
      output("t3", long, { is_error: true }),
    ]),
  );
  assertEquals([...page.matchAll(/<details( open)?>/g)].map(([, open]) => open), [
    undefined,
    " open",
    " open",
  ]);
});

Deno.test("createHtmlRenderer links each step, and the timeline to the steps", async () => {
  const page = await renderedPage([
    text("a"),
    call("t1", "Bash", { command: "ls" }),
    output("t1", "x"),
    call("a", "Agent", { description: "Look" }),
    { ...call("t2", "Read", { file_path: "/x" }), parent_tool_use_id: "a" } as EventBody,
    output("t2", "x"),
    output("a", "x"),
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 500, reason: "overloaded" },
    result("a"),
  ]);
  const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `#${id}`));
  const svg = /<svg[\s\S]*<\/svg>/.exec(page)?.[0] ?? "";
  const bars = [...svg.matchAll(/<a href="([^"]*)"><rect class="(\w+)"/g)];
  assertEquals(bars.map(([, , kind]) => kind), ["turn", "tool", "subagent", "tool", "api"]);
  for (const [, address = ""] of page.matchAll(/href="(#[^"]*)"/g)) assert(ids.has(address));
  assertStringIncludes(page, '<a href="#step-1">Go to the answer</a>');
  assertStringIncludes(svg, "<title>Bash ls · 100ms</title>");
});

Deno.test("createHtmlRenderer shortens outputs until the page is small, but not the answer", async () => {
  const answer = `start ${"answer ".repeat(20_000)}end`;
  const calls = Array.from({ length: 2_000 }, (_, at) => [
    call(`t${at}`, "Bash", { command: `echo ${at}` }),
    output(`t${at}`, `head ${at}\n${"<".repeat(20_000)}\ntail ${at}`),
  ]).flat();
  const page = await renderedPage([...calls, text(answer), result(answer)]);
  assert(page.length < 10_000_000, String(page.length));
  assertStringIncludes(page, answer);
  for (const at of [0, 1_000, 1_999]) {
    assert(new RegExp(`head ${at}\n[^/]* are not shown</span>[^/]*tail ${at}<`).test(page));
  }
});

Deno.test("createHtmlRenderer leaves out steps in the middle of a huge session", async () => {
  const texts = Array.from({ length: 16_100 }, (_, at) => text(`text ${at}.`));
  const page = await renderedPage([...texts, result("text 16099.")]);
  assertStringIncludes(page, "101 steps not shown, because the page would be too large");
  assertStringIncludes(page, "text 7999.");
  assertEquals(page.includes("text 8000."), false);
  assertStringIncludes(page, "text 16099.");
});

Deno.test("renderPage links the bars of steps that were left out to the note about them", () => {
  const builder = new ReportBuilder();
  let now = 0;
  const createEvent = createEventFactory(() => now += 100);
  for (const id of ["t1", "t2", "t3", "t4", "t5"]) {
    builder.event(createEvent(call(id, "Bash", { command: id })));
    builder.event(createEvent(output(id, "x")));
  }
  const page = renderPage(builder.report(), { textLimit: 1_000, stepLimit: 1 });
  const bars = [...page.matchAll(/<a href="#(step-\d)"><rect class="tool"/g)].map(([, id]) => id);
  assertEquals(bars, ["step-1", "step-2", "step-2", "step-2", "step-5"]);
  assertStringIncludes(page, '<p class="missing" id="step-2">3 steps not shown');
});

/** How long after the start the session with two turns continues. */
const PAUSE_MS = 26 * 60 * 60 * 1_000;

/** Returns the page of a session that was resumed, and failed then. */
function resumedPage(): string {
  const builder = new ReportBuilder();
  let now = -1_000;
  const createEvent = createEventFactory(() => now += 1_000);
  const add = (...bodies: EventBody[]) =>
    bodies.forEach((body) => builder.event(createEvent(body)));
  const time = "2026-11-27T10:00:00.000Z";
  add({ type: "start", schema: "ccrun.events/1", ccrun: "0", time, claude: null, cwd: null });
  add({ type: "user_text", kind: "prompt", text: "First <b>" }, text("Yes."), result("Yes."));
  now += PAUSE_MS;
  add({ type: "user_text", kind: "prompt", text: "Again.\nAnd more." });
  add({ type: "notice", level: "info", kind: "compaction", text: "compacted" });
  add({ ...result("No."), ok: false, subtype: "error_during_execution" } as EventBody);
  add(text("A task has ended."), exit({ duration_ms: 5_000 }));
  return renderPage(builder.report(), { textLimit: 1_000, stepLimit: 100 });
}

Deno.test("renderPage lists the turns of a session, and when each of them started", () => {
  const page = resumedPage();
  const list = /<nav class="contents"[\s\S]*<\/nav>/.exec(page)?.[0] ?? "";
  const links = [...list.matchAll(/<a href="#turn-(\d)">([^<]*)<\/a>/g)];
  assertEquals(links.map(([, number, words]) => `${number} ${words}`), [
    "1 First &lt;b&gt;",
    "2 Again.",
    "3 Without a prompt",
  ]);
  assertEquals(list.match(/failed<\/span>/g)?.length, 1);
  const headings = [...page.matchAll(/<h2>Turn \d <span class="facts">([^<]*)</g)];
  assertEquals(headings.map(([, facts]) => facts), [
    "3.0s",
    "2.0s · 2026-11-28 12:00 UTC · after a pause of 1d 2h",
    "0ms · 2026-11-28 12:00 UTC",
  ]);
  assertStringIncludes(page, 'title="Step 2 · 2026-11-27 10:00:02 UTC"');
  assertStringIncludes(page, '<div class="line info divider"><b>compaction</b>');
  assertStringIncludes(page, "<small>within 1d 2h</small>");
});

Deno.test("createHtmlRenderer links its head to the answer, or else to the last step", async () => {
  const link = async (...bodies: EventBody[]) =>
    /<a href="(#step-\d+)">(Go to [^<]*)</.exec(await renderedPage(bodies))?.slice(1);
  assertEquals(await link(text("a"), result("a")), ["#step-1", "Go to the answer"]);
  assertEquals(await link(text("a"), result("b")), ["#step-2", "Go to the answer"]);
  const ls = call("t1", "Bash", { command: "ls" });
  assertEquals(await link(text("a"), ls), ["#step-2", "Go to the last step"]);
  assertEquals(await link(), undefined);
});

Deno.test("createHtmlRenderer shows structured output once, as the answer", async () => {
  const output = { ...result('{"a":1}'), structured_output: { a: 1 } } as EventBody;
  const page = conversationOf(await renderedPage([output]));
  const answers = page.match(/<div class="answer"><b class="who">Answer<\/b>.*?<\/div>/g);
  assertEquals(answers, [
    '<div class="answer"><b class="who">Answer</b><pre>{&quot;a&quot;:1}</pre></div>',
  ]);
});

Deno.test("createHtmlRenderer does not list a single turn", async () => {
  const page = await renderedPage([text("a"), result("a")]);
  assertEquals(page.includes('<nav class="contents"'), false);
});

Deno.test("createHtmlRenderer offers to filter the kinds of steps that the session has", async () => {
  const kindsOf = (page: string) =>
    [...page.matchAll(/data-kind="(\w+)"/g)].map(([, kind]) => kind);
  const problems = '<button type="button" id="problems" aria-pressed="false" hidden>';
  const page = await renderedPage([text("a"), call("t1", "Read", { file_path: "/x" })]);
  assertEquals(kindsOf(page), ["text", "tool"]);
  assertStringIncludes(page, problems);
  const failed = await renderedPage([
    call("t1", "Edit", { file_path: "/x", old_string: "a", new_string: "b" }),
    output("t1", "no", { is_error: true }),
  ]);
  assertEquals(kindsOf(failed), ["edit"]);
  assertEquals(failed.includes(problems), false);
});

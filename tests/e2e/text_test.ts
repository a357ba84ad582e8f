/**
 * The simplest run, a prompt and an answer, in every format.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { message, text, thinking } from "../support/api_reply.ts";
import { claudeAtLeast, claudeVersion } from "../support/claude.ts";
import {
  initLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { asObject } from "../support/json.ts";
import { withFake } from "./fake_scene.ts";
import { bash, checked, eventOf, SKIP, withScene } from "./scene.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

Deno.test("ccrun --json prints the events of a prompt and its answer", async () => {
  const replies = [message(thinking("Easy."), text("Hello there."))];
  await withScene(replies, async ({ claude, json, sandbox, turns }) => {
    const events = await json(["Greet", "me."]);
    assertEquals(events.code, 0);
    assertEquals(events.stderr, "");
    // Newer versions report the state of the prompt.
    const isState = (event: RunEvent) =>
      event.type === "notice" && event.kind === "command_lifecycle";
    assertEquals(events.events.filter((event) => !isState(event)).map(({ type }) => type), [
      "start",
      "session_info",
      "thinking",
      "usage",
      "text",
      "result",
      "exit",
    ]);
    const start = eventOf(events, "start");
    assertEquals([start.claude?.path, start.cwd], [claude, sandbox.project]);
    const session = eventOf(events, "session_info");
    assertMatch(session.session_id ?? "", UUID);
    assertEquals([session.cwd, session.claude_version], [sandbox.project, claudeVersion]);
    assertEquals(session.permission_mode, "default");
    assert(session.tools?.includes("Bash"));
    const thought = eventOf(events, "thinking");
    const answer = eventOf(events, "text");
    assertEquals([thought.text, answer.text], ["Easy.", "Hello there."]);
    assertEquals(answer.message_id, thought.message_id);
    assertEquals([thought.index, answer.index], [0, 1]);
    const result = eventOf(events, "result");
    assertEquals([result.ok, result.text], [true, "Hello there."]);
    assertEquals(result.session_id, session.session_id);
    // Old versions also send a request that warms up the cache, and count it.
    const requests = claudeAtLeast("2.1.0") ? 1 : 2;
    const usage = { input: 120 * requests, output: 42 * requests, cache_read: 0, cache_write: 0 };
    assertEquals(events.exit.usage, usage);
    assert(events.exit.cost_usd !== null && events.exit.cost_usd > 0);
    assertEquals(events.exit.session_id, session.session_id);
    assertEquals(turns().map(({ userText }) => userText), ["Greet me."]);
  });
});

Deno.test("ccrun prints claude's lines byte for byte with raw, as --record keeps them", async () => {
  const replies = [bash("printf 'caf\\303\\251 \\360\\237\\230\\200'"), text("Grüße 漢字 😀")];
  await withScene(replies, async ({ run, sandbox }) => {
    const record = `${sandbox.root}/stream.jsonl`;
    const { code, stdout, stderr } = await run([
      "--format=raw",
      SKIP,
      "--record",
      record,
      "Greet me.",
    ]);
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.split("\n").slice(0, -1).map((line) => ({
      line,
      message: asObject(JSON.parse(line)),
    }));
    const isOwn = ({ message }: typeof lines[number]) => message.source === "ccrun";
    const kept = lines.filter((line) => !isOwn(line)).map(({ line }) => `${line}\n`).join("");
    assertEquals(kept, await Deno.readTextFile(record));
    assertEquals(((await Deno.stat(record)).mode ?? 0) & 0o777, 0o600);
    const own = lines.filter(isOwn).map(({ message }) => message);
    assertEquals(own.map(({ type }) => type), ["session_info", "exit"]);
    assertEquals(own.at(-1)?.code, 0);
    // Just before the first line that carries an id, which is the first line.
    const [first, second] = lines.map(({ message }) => message);
    assertEquals(first, own[0]);
    assertEquals(first?.session_id, second?.session_id);
    assertEquals(lines.at(-1)?.message, own[1]);
  });
});

Deno.test("ccrun prints the exact answer to a pipe, and sanitizes it for terminals and logs", async () => {
  const hostile = "漢字 😀 \x1b]0;title\x07\x1b[2J\u202e ##[group]x\n::error::no\n\ttab";
  const lines = [
    initLine(),
    textLine(hostile),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "printf ..." } }),
    toolResultLine({ id: "toolu_1", content: "\x1b]52;c;eA==\x07 out" }),
    textLine(hostile),
    resultLine({ result: hostile }),
  ];
  await withFake(lines, async ({ run }) => {
    const events = checked(await run(["--json", "Say it."]));
    assertEquals(eventOf(events, "result").text, hostile);
    // deno-lint-ignore no-control-regex -- raw control characters are what must not be there
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[/.test(events.stdout), events.stdout);

    const pretty = await run(["Say it."]);
    assertEquals(pretty.stdout, `${hostile}\n`);
    // deno-lint-ignore no-control-regex -- raw control characters are what must not be there
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(pretty.stderr), pretty.stderr);
    assert(!/^(::|##\[)/m.test(pretty.stderr), pretty.stderr);
    assertStringIncludes(pretty.stderr, "漢字 😀");
  });
});

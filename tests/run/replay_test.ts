import { assert, assertEquals } from "@std/assert";
import { replay, type ReplayOptions } from "../../lib/run/replay.ts";
import type { RunEvent } from "../../lib/events.ts";
import { VERSION } from "../../lib/version.ts";
import { streamOf } from "../support/bytes.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { exitOf } from "../support/events_of_type.ts";
import { readRecordings } from "../support/recordings.ts";

async function eventsOf(
  chunks: readonly (string | Uint8Array)[],
  options: ReplayOptions = {},
): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(replay(streamOf(chunks), options));
  assertEvents(events);
  return events;
}

for (const { name, bytes } of readRecordings()) {
  Deno.test(`replay emits a valid stream of events for ${name}`, async () => {
    const events = await eventsOf([bytes]);
    assertEquals(events.filter(({ type }) => type === "unknown" || type === "raw"), []);
  });
}

Deno.test("replay emits start with the details of the recording", async () => {
  const [start] = await eventsOf([resultLine()]);
  assertEquals(start, {
    type: "start",
    seq: 0,
    time_ms: null,
    schema: "ccrun.events/1",
    ccrun: VERSION,
    time: null,
    claude: null,
    cwd: null,
  });
});

Deno.test("replay emits the same events however the bytes are split", async () => {
  const text = [initLine(), textLine("Grüße 👋"), resultLine({ result: "你好" })].join("\r\n");
  const bytes = new TextEncoder().encode(text);
  const whole = await eventsOf([bytes]);
  const single = await eventsOf([...bytes].map((byte) => new Uint8Array([byte])));
  assertEquals(single, whole);
  const types = whole.map(({ type }) => type).join(" ");
  assertEquals(types, "start session_info text usage result exit");
});

Deno.test("replay emits raw for lines that are not messages", async () => {
  const lines = ["Warning: no stdin", initLine(), "[]", "", resultLine(), "bye"];
  const events = await eventsOf([lines.join("\n")]);
  const raw = events.flatMap((event) => event.type === "raw" ? [event.content] : []);
  assertEquals(raw, ["Warning: no stdin", "[]", "bye"]);
  assertEquals(exitOf(events).code, 0);
});

Deno.test("replay emits an event before the next line arrives", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const events = replay(readable);
  const start = events.next();
  await writer.write(new TextEncoder().encode(`${textLine("first", { session_id: null })}\n`));
  assertEquals((await start).value?.type, "start");
  const { value } = await events.next();
  assert(value?.type === "text");
  assertEquals(value.text, "first");
  await events.return();
});

Deno.test("replay uses the last of two results for the outcome", async () => {
  const [first, last] = [{ num_turns: 2 }, { num_turns: 1, is_error: true, result: "no" }];
  const exit = exitOf(await eventsOf([`${resultLine(first)}\n${resultLine(last)}\n`]));
  assertEquals([exit.reason, exit.turns], ["failed", 3]);
});

Deno.test("replay fails for a recording without a result", async () => {
  const exit = exitOf(await eventsOf([initLine()]));
  assertEquals([exit.code, exit.claude_exit_code], [1, undefined]);
});

Deno.test("replay fails for an empty recording", async () => {
  for (const chunks of [[], [""], ["\n\r\n"]]) {
    const events = await eventsOf(chunks);
    const error = events.find((event) => event.type === "error");
    assert(error?.error.message.includes("empty"), error?.error.message);
  }
});

Deno.test("replay ignores the lines that ccrun adds to the raw format", async () => {
  const own = ["session_info", "waiting", "exit"].map((type) =>
    JSON.stringify({ source: "ccrun", type })
  );
  const lines = [own[0], initLine(), resultLine(), own[1]].join("\n");
  assertEquals(await eventsOf([lines]), await eventsOf([`${initLine()}\n${resultLine()}`]));
});

Deno.test("replay fails because of a denied call only with failOnDenied", async () => {
  const use = { id: "t", name: "Bash", input: { command: "ls" } };
  const denied = messageLine({
    type: "system",
    subtype: "permission_denied",
    tool_name: "Bash",
    tool_use_id: "t",
  });
  const lines = [initLine(), toolUseLine(use), denied, resultLine()].join("\n");
  assertEquals(exitOf(await eventsOf([lines])).code, 0);
  assertEquals(exitOf(await eventsOf([lines], { failOnDenied: true })).code, 7);
});

Deno.test("replay reports an error of its source after the events before it", async () => {
  async function* broken() {
    yield await Promise.resolve(new TextEncoder().encode(`${resultLine()}\n`));
    throw new Error("the disk broke (os error 5)");
  }
  const events = await Array.fromAsync(replay(ReadableStream.from(broken())));
  assertEvents(events);
  const error = events.find((event) => event.type === "error");
  assert(error?.error.message.includes("the disk broke"), error?.error.message);
  assert(events.some(({ type }) => type === "result"));
});

Deno.test("replay stops when its signal is aborted, even without data", async () => {
  const abort = new AbortController();
  const failure = { kind: "terminate", message: "stopped by SIGTERM" } as const;
  const { readable } = new TransformStream<Uint8Array, Uint8Array>();
  const seen = Array.fromAsync(replay(readable, { signal: abort.signal }));
  // The replay is reading by then.
  setTimeout(() => abort.abort({ signal: "SIGTERM", failure }));
  assertEvents(await seen);
  const exit = exitOf(await seen);
  assertEquals([exit.code, exit.signal], [143, "SIGTERM"]);
});

Deno.test("replay cancels its source when its reader leaves", async () => {
  const cancelled = Promise.withResolvers<void>();
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(`${initLine()}\n`)),
    cancel: () => cancelled.resolve(),
  });
  for await (const event of replay(source)) {
    if (event.type === "session_info") break;
  }
  await cancelled.promise;
});

Deno.test("replay without partial events numbers the other events without a gap", async () => {
  const recording = readRecordings().find(({ name }) => name === "2.1.197-tools-partial");
  assert(recording !== undefined);
  const all = await eventsOf([recording.bytes]);
  const own = all.map((event) => `${JSON.stringify(event)}\n`);
  assert(all.some(({ type }) => type === "text_delta"));
  const kept = all.filter(({ type }) => type !== "text_delta" && type !== "thinking_delta").map((
    event,
    seq,
  ) => ({ ...event, seq }));
  assertEquals(await eventsOf([recording.bytes], { partial: false }), kept);
  assertEquals(await eventsOf(own, { partial: false }), kept);
});

/** Returns what a recording that is cut off in its last line amounts to, and the kinds of its warnings. */
async function outcomeOf(lines: readonly string[]) {
  const events = await eventsOf([lines.join("\n")]);
  const { code, reason, turns, cost_usd, usage } = exitOf(events);
  const warnings = events.flatMap((event) =>
    event.type === "notice" && event.level === "warning" ? [event.kind] : []
  );
  return {
    outcome: [code, String(reason)],
    numbers: [turns, cost_usd, usage?.input],
    warnings,
    answer: events.findLast((event) => event.type === "result")?.answer,
    error: events.find((event) => event.type === "error")?.error.message,
    raw: events.flatMap((event) => event.type === "raw" ? [event.content] : []),
  };
}

const LONG_ANSWER = `It is {"a": [1, 2]}, "b".\n${"x".repeat(300_000)}`;
const CUT_RESULT = resultLine({ result: LONG_ANSWER }).slice(0, 200_000);

Deno.test("replay of a recording that ends in a successful result prints the answer of the messages", async () => {
  const recording = [initLine(), textLine(LONG_ANSWER), CUT_RESULT];
  const expected = {
    outcome: [0, "success"],
    numbers: [1, null, 120],
    warnings: ["truncated_result"],
    answer: LONG_ANSWER,
    error: undefined,
    raw: [],
  };
  assertEquals(await outcomeOf(recording), expected);
  assertEquals(await outcomeOf([...recording, ""]), expected);
  const added = JSON.stringify({ source: "ccrun", type: "exit" });
  assertEquals(await outcomeOf([...recording, added]), expected);
  const indented = JSON.stringify(recording.slice(0, 2).map((line) => JSON.parse(line)), null, 2);
  const cut = JSON.stringify(JSON.parse(resultLine({ result: LONG_ANSWER })), null, 2);
  assertEquals(await outcomeOf([`${indented.slice(0, -2)},${cut.slice(0, 200_000)}`]), expected);
});

Deno.test("replay of a recording that ends in a result fails if the result shows no success", async () => {
  const message = "the output of claude ends in the middle of its result";
  const rows: readonly (readonly [result: string, reason: string, message: string])[] = [
    ['{"type":"result","subtype":"success","is_error":fal', "failed", message],
    ['{"type":"result","subtype":"success","num_turns":1,"result":"x', "failed", message],
    ['{"type":"result","subtype":"success","is_error":true,"result":"x', "failed", message],
    ['{"type":"result","subtype":"error_during_execution","is_error":true,"x', "failed", message],
    [
      '{"type":"result","subtype":"error_max_turns","is_error":true,"result":"x',
      "limit",
      "the turn limit was reached",
    ],
  ];
  for (const [result, reason, message] of rows) {
    const { outcome, error, raw, numbers } = await outcomeOf([initLine(), textLine("a"), result]);
    assertEquals([outcome[1], error, raw], [reason, message, []], result);
    assertEquals(numbers, [1, null, 120]);
  }
  const { outcome } = await outcomeOf([initLine(), CUT_RESULT]);
  assertEquals(outcome, [1, "failed"], "without a text of the model");
});

Deno.test("replay of a recording that consists of an error fails with its message", async () => {
  const line = JSON.stringify({ type: "error", error: { message: "the daemon is not running" } });
  for (const lines of [[line], [initLine(), line]]) {
    const { outcome, error } = await outcomeOf(lines);
    assertEquals([...outcome, error], [1, "failed", "the daemon is not running"]);
  }
});

Deno.test("replay emits raw for a result that is cut off before other lines", async () => {
  const cut = CUT_RESULT.slice(0, 300);
  const { outcome, raw, error } = await outcomeOf([initLine(), textLine("a"), cut, "bye"]);
  assertEquals([outcome, raw], [[1, "failed"], [cut, "bye"]]);
  assert(error?.startsWith("the recording ends without a result"), error);
  const complete = await outcomeOf([initLine(), textLine("a"), cut, resultLine()]);
  assertEquals([complete.outcome, complete.raw], [[0, "success"], [cut]]);
});

Deno.test("replay fails for an event log that ends in a result, without repeating it", async () => {
  const events = await eventsOf([[initLine(), textLine("a"), resultLine()].join("\n")]);
  const own = events.slice(0, -1).map((event) => JSON.stringify(event)).join("\n").slice(0, -30);
  const { outcome, raw, error } = await outcomeOf([own]);
  assertEquals([outcome, raw], [[1, "failed"], []]);
  assertEquals(error, "the output of claude ends in the middle of its result");
});

const DONE = [initLine(), textLine("Hello"), resultLine({ result: "Hello" })];

/** Returns a pipe that contains lines and stays open. */
function openPipe(lines: readonly string[]): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = `${lines.join("\n")}\n`;
  // The replay cancels the pipe.
  writable.getWriter().write(new TextEncoder().encode(text)).catch(() => {});
  return readable;
}

Deno.test("replay of a pipe that stays open ends when the run in it is over", async () => {
  const recording = await eventsOf([DONE.join("\n")]);
  const log = recording.map((event) => JSON.stringify(event));
  for (
    const lines of [DONE, [...DONE, DONE.join("")], log, [
      JSON.stringify(log.map((line) => JSON.parse(line))),
    ]]
  ) {
    const events = await Array.fromAsync(replay(openPipe(lines), { lingerMs: 1 }));
    assertEquals(exitOf(events).code, 0);
  }
});

Deno.test("replay reads all runs of a stream that ends, even if it may end before", async () => {
  const text = [...DONE, ...DONE, initLine(), textLine("Bye"), resultLine({ result: "Bye" })];
  const whole = await eventsOf([text.join("\n")]);
  assertEquals(await eventsOf(text.map((line) => `${line}\n`), { lingerMs: 1000 }), whole);
  assertEquals(whole.filter(({ type }) => type === "result").length, 3);
});

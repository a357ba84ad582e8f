import { assert, assertEquals } from "@std/assert";
import { parseSessionId } from "../../lib/claude/session_id.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createRawRenderer } from "../../lib/render/raw.ts";
import { piecesOf } from "../support/bytes.ts";
import { makeKept } from "../support/kept_writer.ts";
import { asObject, type JsonObject } from "../support/json.ts";

const USAGE = { input: 0, output: 0, cache_read: 0, cache_write: 0 };
const START: EventBody<"start"> = {
  type: "start",
  schema: "ccrun.events/1",
  ccrun: "1.2.3",
  time: null,
  claude: null,
  cwd: null,
};
const ERROR: EventBody<"error"> = { type: "error", error: { kind: "failed", message: "no ##[" } };
const EXIT: EventBody<"exit"> = {
  type: "exit",
  code: 1,
  reason: "failed",
  ok: false,
  turns: 0,
  cost_usd: 0,
  usage: USAGE,
  duration_ms: null,
};

/** Renders chunks of claude's stdout, with events before and after them. */
async function rawBytes(
  chunks: readonly (string | Uint8Array)[],
  { before = [START], after = [] as EventBody[] } = {},
): Promise<Uint8Array> {
  const kept = makeKept();
  const output = createRawRenderer(kept.sink, { findSessionId: parseSessionId });
  const stamp = createEventFactory(() => null);
  for (const body of before) output.event(stamp(body));
  for (const chunk of chunks) {
    output.bytes(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  }
  for (const body of after) output.event(stamp(body));
  return await kept.bytes();
}

async function raw(...from: Parameters<typeof rawBytes>): Promise<string> {
  return new TextDecoder().decode(await rawBytes(...from));
}

/** Splits the output into ccrun's events and the rest. */
function split(text: string): { own: JsonObject[]; rest: string } {
  const lines = text.split(/(?<=\n)/);
  const isOwn = (line: string) => line.includes('"source":"ccrun"');
  return {
    own: lines.filter(isOwn).map((line) => asObject(JSON.parse(line))),
    rest: lines.filter((line) => !isOwn(line)).join(""),
  };
}

const INIT = '{"type":"system","subtype":"init","session_id":"s1"}';

Deno.test("the raw renderer writes claude's bytes unchanged in whatever chunks they arrive", async () => {
  const text = `hello\r\n\n${INIT}\r\n{"type":"x","session_id":"s1"}\n你好\xff`;
  const bytes = new Uint8Array([...new TextEncoder().encode(text), 0xff, 0xfe, 0x00, 0x0a]);
  for (const length of [1, 2, 7, 30, 1000]) {
    const { own, rest } = split(await raw(piecesOf(bytes, length)));
    assertEquals(rest, new TextDecoder().decode(bytes));
    assertEquals(own.length, 1);
  }
  const noId = new Uint8Array([0xff, 0x00, 0x0a, 0xfe]);
  assertEquals(
    await rawBytes([noId], { after: [EXIT] }).then((all) => all.slice(0, 3)),
    noId.slice(0, 3),
  );
});

Deno.test("the raw renderer writes the session once, before the first line with an id", async () => {
  for (const length of [1, 10, 1000]) {
    const text = `hello\n{"type":"hook"}\n${INIT}\n${INIT}\n`;
    const out = await raw(piecesOf(new TextEncoder().encode(text), length));
    const lines = out.split("\n");
    assertEquals(JSON.parse(lines[2] ?? ""), {
      source: "ccrun",
      type: "session_info",
      seq: 1,
      time_ms: null,
      session_id: "s1",
    });
    assertEquals(lines.toSpliced(2, 1).join("\n"), text);
  }
});

Deno.test("the raw renderer finds the session in a line that starts anywhere in a chunk", async () => {
  for (
    const chunks of [['{"a":1}', `\n${INIT}\n`], [`{"a":1}\n${INIT}`, "\n"], ["\n", `\n${INIT}\n`]]
  ) {
    const { own, rest } = split(await raw(chunks));
    assertEquals([own.length, rest], [1, chunks.join("")]);
  }
});

Deno.test("the raw renderer writes the time of the session, except in a replay", async () => {
  const before = [{ ...START, time: "2027-01-15T08:00:00.000Z" }];
  const [info] = split(await raw([`${INIT}\n`], { before })).own;
  const ms = info?.["time_ms"];
  assert(typeof ms === "number" && ms >= 0 && ms < 60_000, `${ms}`);
});

Deno.test("the raw renderer finds the session in a last line without its end", async () => {
  const out = await raw([INIT], { after: [EXIT] });
  const [info, init, exit, end] = out.split("\n");
  assertEquals(asObject(JSON.parse(info ?? ""))["session_id"], "s1");
  assertEquals([init, end], [INIT, ""]);
  assertEquals(asObject(JSON.parse(exit ?? ""))["type"], "exit");
});

Deno.test("the raw renderer does not write a session that was not found", async () => {
  const lost = '{"type":"result","is_error":true,"num_turns":0,"session_id":"none"}\n';
  assertEquals(split(await raw([lost])).own, []);
});

Deno.test("the raw renderer marks error and exit as ccrun's, each on its own line", async () => {
  for (const end of ["\n", ""]) {
    const { own, rest } = split(await raw([`{"type":"x"}${end}`], { after: [ERROR, EXIT] }));
    assertEquals(own.map(({ source, type }) => [source, type]), [
      ["ccrun", "error"],
      ["ccrun", "exit"],
    ]);
    assertEquals(rest, '{"type":"x"}\n');
    assertEquals(own[0]?.["error"], ERROR.error);
  }
});

Deno.test("the raw renderer escapes its own lines", async () => {
  assert(!(await raw([], { after: [ERROR] })).includes("##["));
});

Deno.test("the raw renderer adds nothing for other events", async () => {
  const text: EventBody = { type: "text", text: "Hi.", message_id: "m", index: 0 };
  const info: EventBody = { type: "session_info", session_id: "s1" };
  assertEquals(await raw(["x\n"], { before: [START], after: [info, text] }), "x\n");
});

Deno.test("the raw renderer holds nothing back after the session was found", async () => {
  const kept = makeKept();
  const output = createRawRenderer(kept.sink, { findSessionId: parseSessionId });
  output.bytes(new TextEncoder().encode(`${INIT}\n{"half`));
  assert((await kept.text()).endsWith('\n{"half'));
});

Deno.test("the raw renderer does not search for the session in a line of more than 1 MiB", async () => {
  const kept = makeKept();
  const renderer = createRawRenderer(kept.sink, { findSessionId: parseSessionId });
  const chunk = new Uint8Array(400_000).fill(120);
  for (let count = 0; count < 4; count++) renderer.bytes(chunk);
  assertEquals((await kept.bytes()).length, 1_600_000);
});

Deno.test("the raw renderer copies what it holds back, because a chunk's buffer may be used again", async () => {
  const kept = makeKept();
  const output = createRawRenderer(kept.sink, { findSessionId: parseSessionId });
  const buffer = new TextEncoder().encode(INIT);
  output.bytes(buffer);
  buffer.fill(0);
  output.bytes(new TextEncoder().encode("\n"));
  assertEquals(split(await kept.text()).rest, `${INIT}\n`);
});

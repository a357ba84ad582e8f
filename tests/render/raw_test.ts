import { assert, assertEquals } from "@std/assert";
import { sessionIdIn } from "../../lib/claude/session_id.ts";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createRawRenderer } from "../../lib/render/raw.ts";
import { piecesOf } from "../support/bytes.ts";
import { asObject, type JsonObject } from "../support/json.ts";
import { makeKept } from "../support/kept_writer.ts";
import { failedExit, START, text } from "../support/rendered_run.ts";

const REPLAY_START: EventBody = { ...START, time: null };
const ERROR: EventBody<"error"> = { type: "error", error: { kind: "failed", message: "no ##[" } };
const INIT = '{"type":"system","subtype":"init","session_id":"s1"}';

/** Renders chunks of claude's stdout, with events before and after them. */
async function renderBytes(
  chunks: readonly (string | Uint8Array)[],
  { before = [REPLAY_START], after = [] as EventBody[] } = {},
): Promise<Uint8Array> {
  const kept = makeKept();
  const renderer = createRawRenderer(kept.sink, sessionIdIn);
  const createEvent = createEventFactory(() => null);
  for (const body of before) renderer.event(createEvent(body));
  for (const chunk of chunks) {
    renderer.writeBytes(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  }
  for (const body of after) renderer.event(createEvent(body));
  return await kept.bytes();
}

async function render(...args: Parameters<typeof renderBytes>): Promise<string> {
  return new TextDecoder().decode(await renderBytes(...args));
}

/** Splits the output into ccrun's events and the rest. */
function split(output: string): { own: JsonObject[]; rest: string } {
  const lines = output.split(/(?<=\n)/);
  const isOwn = (line: string) => line.includes('"source":"ccrun"');
  return {
    own: lines.filter(isOwn).map((line) => asObject(JSON.parse(line))),
    rest: lines.filter((line) => !isOwn(line)).join(""),
  };
}

Deno.test("the raw renderer writes claude's bytes unchanged in whatever chunks they arrive", async () => {
  const text = `hello\r\n\n${INIT}\r\n{"type":"x","session_id":"s1"}\n你好\xff`;
  const bytes = new Uint8Array([...new TextEncoder().encode(text), 0xff, 0xfe, 0x00, 0x0a]);
  for (const length of [1, 2, 7, 30, 1000]) {
    const { own, rest } = split(await render(piecesOf(bytes, length)));
    assertEquals([rest, own.length], [new TextDecoder().decode(bytes), 1]);
  }
  const withoutId = new Uint8Array([0xff, 0x00, 0x0a, 0xfe]);
  const output = await renderBytes([withoutId], { after: [failedExit()] });
  assertEquals(output.slice(0, 4), withoutId);
});

Deno.test("the raw renderer writes a wait on a line of its own", async () => {
  const until = "2027-01-15T08:00:00.000Z";
  const wait: EventBody = { type: "waiting", reason: "quota", message: "limit", until };
  const output = await render([`${INIT}\n{"type":"result"}`], { after: [wait] });
  assertEquals(split(output).own.map(({ type }) => type), ["session_info", "waiting"]);
  assertEquals(split(output).rest, `${INIT}\n{"type":"result"}\n`);
});

Deno.test("the raw renderer writes the session once, before the first line with an id", async () => {
  for (const length of [1, 10, 1000]) {
    const text = `hello\n{"type":"hook"}\n${INIT}\n${INIT}\n`;
    const output = await render(piecesOf(new TextEncoder().encode(text), length));
    const lines = output.split("\n");
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
  const cases = [['{"a":1}', `\n${INIT}\n`], [`{"a":1}\n${INIT}`, "\n"], ["\n", `\n${INIT}\n`]];
  for (const chunks of cases) {
    const { own, rest } = split(await render(chunks));
    assertEquals([own.length, rest], [1, chunks.join("")]);
  }
});

Deno.test("the raw renderer writes the time of the session, except in a replay", async () => {
  const [info] = split(await render([`${INIT}\n`], { before: [START] })).own;
  const ms = info?.["time_ms"];
  assert(typeof ms === "number" && ms >= 0, `${ms}`);
});

Deno.test("the raw renderer finds the session in a last line without its end", async () => {
  const lines = (await render([INIT], { after: [failedExit()] })).split("\n");
  const typeOf = (line = "") => asObject(JSON.parse(line))["type"];
  assertEquals([typeOf(lines[0]), lines[1], typeOf(lines[2]), lines[3]], [
    "session_info",
    INIT,
    "exit",
    "",
  ]);
});

Deno.test("the raw renderer does not write a session that was not found", async () => {
  const lost = '{"type":"result","is_error":true,"num_turns":0,"session_id":"none"}\n';
  assertEquals(split(await render([lost])).own, []);
});

Deno.test("the raw renderer marks error and exit as ccrun's, escaped and each on its own line", async () => {
  for (const end of ["\n", ""]) {
    const output = await render([`{"type":"x"}${end}`], { after: [ERROR, failedExit()] });
    const { own, rest } = split(output);
    assertEquals(own.map(({ source, type }) => [source, type]), [
      ["ccrun", "error"],
      ["ccrun", "exit"],
    ]);
    assertEquals([rest, own[0]?.["error"]], ['{"type":"x"}\n', ERROR.error]);
    assert(!output.includes("##["));
  }
});

Deno.test("the raw renderer adds nothing for other events", async () => {
  const info: EventBody = { type: "session_info", session_id: "s1" };
  assertEquals(await render(["x\n"], { after: [info, text("Hi.")] }), "x\n");
});

Deno.test("the raw renderer writes each chunk at once after the session was found", async () => {
  assert((await render([`${INIT}\n{"half`])).endsWith('\n{"half'));
});

Deno.test("the raw renderer does not search for the session in a line of more than 1 MiB", async () => {
  const chunk = new Uint8Array(400_000).fill(120);
  assertEquals((await renderBytes([chunk, chunk, chunk, chunk])).length, 1_600_000);
});

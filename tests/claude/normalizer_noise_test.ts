/**
 * What the normalizer leaves unparsed must be what it would have left out anyway.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory, type RunEvent } from "../../lib/events.ts";
import { initLine, messageLine, resultLine } from "../support/fake_claude.ts";
import { readRecordings } from "../support/recordings.ts";

const ID = "0c949d68-6fd3-4732-ba68-7a0099347d44";

interface Read {
  events: readonly RunEvent[];
  noise: number;
  isIdle: boolean;
}

function read(lines: readonly string[], partial?: boolean): Read {
  const normalizer = new Normalizer({ stamp: createEventFactory(() => null), partial });
  const events = lines.flatMap((text) => normalizer.read({ text, truncated: false }));
  return { events, noise: normalizer.noise, isIdle: normalizer.isIdle };
}

/** The same message, as Claude Code never writes it, so that it has to be parsed. */
function parsedLines(lines: readonly string[]): string[] {
  return lines.map((line) => ` ${line}`);
}

function pieceLine(fields: { [key: string]: unknown } = {}, kind = "content_block_delta"): string {
  const event = { type: kind, index: 0, delta: { type: "text_delta", text: "ab" } };
  const rest = { session_id: ID, parent_tool_use_id: null, uuid: "u" };
  return messageLine({ type: "stream_event", event, ...rest, ...fields });
}

for (const { name, lines } of readRecordings()) {
  Deno.test(`Normalizer reads ${name} as if every line was parsed`, () => {
    for (const partial of [true, false]) {
      assertEquals(read(lines, partial), read(parsedLines(lines), partial));
    }
  });

  Deno.test(`Normalizer without pieces gives all other events of ${name}`, () => {
    const whole = read(lines).events.filter(({ type }) =>
      type !== "text_delta" && type !== "thinking_delta" && type !== "usage"
    );
    assertEquals(read(lines, false).events, whole.map((event, seq) => ({ ...event, seq })));
  });
}

Deno.test("Normalizer parses a piece with news of the session", () => {
  const other = "11111111-2222-4333-8444-555555555555";
  const { events } = read([initLine({ session_id: ID }), pieceLine({ session_id: other })], false);
  const ids = events.flatMap((event) => event.type === "session_info" ? [event.session_id] : []);
  assertEquals(ids, [ID, other]);
});

Deno.test("Normalizer parses the piece that begins a turn after a result", () => {
  const lines = [initLine({ session_id: ID }), resultLine({ session_id: ID })];
  assertEquals(read(lines, false).isIdle, true);
  assertEquals(read([...lines, pieceLine()], false).isIdle, false);
});

Deno.test("Normalizer keeps two messages in one line, and one that is cut off, as they are", () => {
  const piece = pieceLine();
  const glued = `${piece}${resultLine({ session_id: ID })}`;
  const cut = piece.slice(0, -1);
  const { events } = read([initLine({ session_id: ID }), piece, glued, cut], false);
  const raw = events.flatMap((event) => event.type === "raw" ? [event.content] : []);
  assertEquals(raw, [glued, cut]);
});

Deno.test("Normalizer keeps kinds of pieces that it does not know", () => {
  const line = pieceLine({}, "content_block_news");
  const { events } = read([initLine({ session_id: ID }), line], false);
  assertEquals(events.at(-1)?.type, "unknown");
});

Deno.test("Normalizer parses a piece in whose text the session's id stands", () => {
  const text = `,"session_id":"${ID}"`;
  const event = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
  const other = "11111111-2222-4333-8444-555555555555";
  const line = pieceLine({ event, session_id: other });
  const { events } = read([initLine({ session_id: ID }), line], false);
  assertEquals(events.at(-1)?.type, "session_info");
});

import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { RecordingReader } from "../../lib/run/recording_reader.ts";
import { replay } from "../../lib/run/replay.ts";
import { streamOf } from "../support/bytes.ts";
import { assertEvents } from "../support/event_schema.ts";
import { initLine, messageLine, resultLine, textLine } from "../support/fake_claude.ts";
import { readRecordings } from "../support/recordings.ts";

async function eventsOf(text: string | Uint8Array): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(replay(streamOf([text])));
  assertEvents(events);
  return events;
}

/** The ways in which people keep the lines of a recording. */
const LAYOUTS: { readonly [name: string]: (lines: readonly string[]) => string | Uint8Array } = {
  "an array": (lines) => `[${lines.join(",")}]`,
  "an indented array": (lines) => JSON.stringify(lines.map((line) => JSON.parse(line)), null, 2),
  "indented objects": (lines) =>
    lines.map((line) => JSON.stringify(JSON.parse(line), null, 2)).join("\n"),
  "one line": (lines) => lines.join(""),
  "lines of two objects": (lines) =>
    lines.map((line, at) => `${line}${at % 2 === 0 ? ", " : "\n"}`).join(""),
  "CRLF and a byte order mark": (lines) => `\ufeff${lines.join("\r\n")}`,
  "UTF-16": (lines) => toUtf16(`\ufeff${lines.join("\r\n")}`),
};

function toUtf16(text: string): Uint8Array {
  const units = Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return new Uint8Array(units.buffer);
}

/** What a shell prints before the output of a program. */
const BANNER = 'Last login: {today}\n[1] 4711\nusage: { "a"\n{"level":"info"}';

for (const { name, lines } of readRecordings()) {
  Deno.test(`replay reads ${name} in every layout, also as an event log`, async () => {
    const events = await eventsOf(lines.join("\n"));
    const log = events.map((event) => JSON.stringify(event));
    for (const source of [lines, log]) {
      for (const [layout, write] of Object.entries(LAYOUTS)) {
        assertEquals(await eventsOf(write(source)), events, layout);
      }
    }
  });

  Deno.test(`replay reads ${name} after a banner`, async () => {
    const expected = await eventsOf(`${BANNER}\n${lines.join("\n")}`);
    assertEquals(
      expected.flatMap((event) => event.type === "raw" ? [event.content] : []),
      BANNER.split("\n").slice(0, 3),
    );
    for (const layout of ["an array", "an indented array", "indented objects", "one line"]) {
      const text = `${BANNER}\n${LAYOUTS[layout]?.(lines)}`;
      assertEquals(await eventsOf(text), expected, layout);
    }
  });
}

Deno.test("RecordingReader knows when the recorded run is over", async () => {
  const done = [initLine(), textLine("Hello"), resultLine()];
  const log = (await eventsOf(done.join("\n"))).map((event) => JSON.stringify(event));
  const task = messageLine({ type: "system", subtype: "task_started", task_id: "t" });
  const scheduled = messageLine({
    type: "user",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: "w", content: "ok" }] },
    tool_use_result: { scheduledFor: 4711 },
  });
  const rows: readonly (readonly [name: string, lines: readonly string[], endsAt?: number])[] = [
    ["nothing", []],
    ["no message", ["hello"]],
    ["no result", done.slice(0, -1)],
    ["a result", done, 0],
    ["a result without an init", done.slice(-1), 0],
    ["a result and a late line", [...done, "bye"], 0],
    ["a second turn", [...done, initLine()]],
    ["two runs", [...done, ...done], 0],
    ["a background task", [initLine(), task, resultLine()]],
    ["a scheduled turn", [initLine(), scheduled, resultLine()], 4711],
    ["an event log without its exit", log.slice(0, -1)],
    ["an event log", log, 0],
    ["an event log with a second run", [...log, ...log.slice(0, 1)]],
  ];
  for (const [name, lines, endsAt] of rows) {
    const reader = new RecordingReader();
    for (const line of lines) Array.from(reader.read(line));
    assertEquals(reader.endsAt, endsAt, name);
  }
});

Deno.test("replay reads a recording that begins in the middle as far as it goes", async () => {
  const [init, text, result] = [initLine(), textLine("Hello"), resultLine({ result: "Hello" })];
  const whole = `${init}\n${text}\n${result}`;
  const types = async (recording: string) => (await eventsOf(recording)).map(({ type }) => type);
  assertEquals(
    await types(whole.slice(init.length + 1)),
    ["start", "session_info", "text", "usage", "result", "exit"],
  );
  assertEquals(await types(whole.slice(init.length - 20)), [
    "start",
    "raw",
    "session_info",
    "text",
    "usage",
    "result",
    "exit",
  ]);
});

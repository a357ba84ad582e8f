import { assert, assertEquals, assertThrows } from "@std/assert";
import { asObject } from "../support/json.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { lastLine, writeRecording } from "./recording.ts";
import { checkWhole } from "./whole.ts";

Deno.test("writeRecording writes one session of about the size, whose ids are its own", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/recording`;
  const recording = await writeRecording(path, { megabytes: 0.2 });
  const text = await Deno.readTextFile(path);
  const messages = text.trimEnd().split("\n").map((line) => asObject(JSON.parse(line)));
  assertEquals([text.length, messages.length], [recording.bytes, recording.lines]);
  assert(recording.bytes >= 200e3 && recording.bytes < 230e3, String(recording.bytes));
  const count = (type: string) => messages.filter((message) => message["type"] === type).length;
  assertEquals([count("result"), messages.at(-1)?.["type"]], [1, "result"]);
  // In this session every such message has one block.
  assertEquals(recording.blocks, count("assistant") + count("user"));
  assertEquals(recording.deltas, text.match(/"type":"(text|thinking)_delta"/g)?.length);
  const started = messages.filter((message) =>
    asObject(message["event"])["type"] === "message_start"
  );
  const ids = started.map(({ event }) => asObject(asObject(event)["message"])["id"]);
  assert(ids.length > 10);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("writeRecording leaves out the result of an open recording, which lastLine gives", async () => {
  await using sandbox = await makeSandbox();
  const [whole, open] = [`${sandbox.root}/whole`, `${sandbox.root}/open`];
  await writeRecording(whole, { megabytes: 0.01 });
  await writeRecording(open, { megabytes: 0.01, isOpen: true });
  assertEquals(await Deno.readTextFile(open) + lastLine(), await Deno.readTextFile(whole));
});

Deno.test("checkWhole finds an output in which something is missing", () => {
  const recording = { path: "", bytes: 1000, lines: 10, blocks: 5, deltas: 7 };
  const check = (wanted: Parameters<typeof checkWhole>[1], lines: number, bytes = 1001) =>
    checkWhole("it", wanted, { out: { lines, bytes }, err: { lines: 5, bytes: 5 } }, recording);
  const enough: readonly (readonly [Parameters<typeof checkWhole>[1], number])[] = [
    ["lines", 10],
    ["json", 9],
    ["json --partial", 16],
    ["raw", 12],
    ["text", 1],
    ["pretty", 1],
  ];
  for (const [wanted, lines] of enough) {
    check(wanted, lines);
    assertThrows(() => check(wanted, lines - 1), Error, "it: its output is not whole");
  }
  check("copy", 10, 1000);
  assertThrows(() => check("copy", 10, 999), Error, "not whole");
  assertThrows(() => check("raw", 12, 1000), Error, "not whole");
});

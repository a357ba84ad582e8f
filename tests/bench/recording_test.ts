import { assert, assertEquals } from "@std/assert";
import { makeSandbox } from "../support/sandbox.ts";
import { writeRecording } from "./recording.ts";

Deno.test("writeRecording writes one session of the given size in which every id is unique", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/recording`;
  const recording = await writeRecording(path, 0.2);
  const text = await Deno.readTextFile(path);
  const messages = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals([text.length, messages.length], [recording.bytes, recording.lines]);
  assert(recording.bytes >= 200e3 && recording.bytes < 230e3, String(recording.bytes));
  const count = (type: string) => messages.filter((message) => message.type === type).length;
  assertEquals([count("result"), messages.at(-1).type], [1, "result"]);
  assertEquals(recording.blocks, count("assistant") + count("user"));
  const ids = messages.filter(({ event }) => event?.type === "message_start")
    .map(({ event }) => event.message.id);
  assert(ids.length > 10);
  assertEquals(new Set(ids).size, ids.length);
});

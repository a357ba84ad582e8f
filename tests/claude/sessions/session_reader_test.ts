import { assertEquals } from "@std/assert";
import {
  detailsOf,
  readSessionsInOrder,
  type SessionDetails,
} from "../../../lib/claude/sessions/session_reader.ts";
import { findSessionFiles } from "../../../lib/claude/sessions/store.ts";
import type { JsonObject } from "../../support/json.ts";
import { sessionFolder, userLine } from "../../support/session_files.ts";
import { makePlace, type Place } from "./place.ts";
import { answerLine, costLine } from "./usage_lines.ts";

/** Reads the sessions of a place, and the names of the files that were skipped. */
async function readAll(place: Place): Promise<{ sessions: SessionDetails[]; skipped: string[] }> {
  const { files } = await findSessionFiles(place);
  const skipped: string[] = [];
  const onSkip = (path: string) => void skipped.push(path.replace(/.*\//, ""));
  const sessions = await Array.fromAsync(readSessionsInOrder(files, { onSkip }));
  return { sessions: sessions.map(detailsOf), skipped };
}

async function writeLines(path: string, lines: readonly JsonObject[]): Promise<void> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const SUBAGENT = { isSidechain: true };

Deno.test("readSessionsInOrder reads sessions with tokens, models and cost", async () => {
  await using place = await makePlace();
  const id = await place.write([
    userLine("Hello", { cwd: place.cwd }),
    answerLine({ id: "a", model: "haiku", output: 1 }),
    answerLine({ id: "b", model: "opus", output: 5 }),
    costLine({ opus: 1, haiku: 0.25 }),
  ]);
  const silent = await place.write([userLine("Nothing came", { cwd: place.cwd })]);
  const { sessions, skipped } = await readAll(place);
  assertEquals(skipped, []);
  assertEquals(sessions.map(({ id, cost_usd }) => [id, cost_usd]), [[silent, null], [id, 1.25]]);
  assertEquals(sessions[1], {
    id,
    updated: "2026-01-01T00:00:00.000Z",
    turns: 1,
    prompt: "Hello",
    workspace: place.cwd,
    models: ["opus", "haiku"],
    usage: { input: 200, output: 6, cache_read: 0, cache_write: 0 },
    cost_usd: 1.25,
    cost_is_partial: false,
  });
});

Deno.test("readSessionsInOrder adds the subagents of a session in all layouts", async () => {
  const id = crypto.randomUUID();
  const main = [userLine("Hello"), answerLine({ id: "a" })];
  const lines = [answerLine({ id: "s", more: { ...SUBAGENT, sessionId: id } })];
  const layouts: ((place: Place) => Promise<void>)[] = [
    async (place) => {
      await place.write([...main, ...lines], id);
    },
    async (place) => {
      await place.write(main, id);
      await writeLines(`${sessionFolder(place)}/${id}/subagents/agent-1.jsonl`, lines);
    },
    async (place) => {
      await place.write(main, id);
      await writeLines(`${sessionFolder(place)}/${id}/subagents/a/b/agent-1.jsonl`, lines);
    },
    async (place) => {
      await place.write(main, id);
      await writeLines(`${sessionFolder(place)}/agent-1.jsonl`, lines);
      const other = { ...SUBAGENT, sessionId: crypto.randomUUID() };
      const otherLines = [answerLine({ id: "t", more: other })];
      await writeLines(`${sessionFolder(place)}/agent-2.jsonl`, otherLines);
    },
  ];
  for (const [index, write] of layouts.entries()) {
    await using place = await makePlace();
    await write(place);
    const { sessions } = await readAll(place);
    assertEquals(sessions.map(({ usage }) => usage.input), [200], `layout ${index}`);
  }
});

Deno.test("readSessionsInOrder knows whether a recorded cost includes that of a subagent", async () => {
  const [before, after] = ["2026-11-20T09:00:00.000Z", "2026-11-20T11:00:00.000Z"];
  const run = [userLine("Hello"), answerLine({ id: "a" }), costLine({ opus: 1 })];
  const rows: [lines: JsonObject[], time: string, isPartial: boolean][] = [
    [run, before, false],
    // It has ended after the last message, but before the recording.
    [run, after, false],
    [[...run, answerLine({ id: "b" })], before, true],
  ];
  for (const [lines, time, isPartial] of rows) {
    await using place = await makePlace();
    const id = await place.write(lines);
    const subagent = answerLine({ id: "s", time, more: SUBAGENT });
    await writeLines(`${sessionFolder(place)}/${id}/subagents/agent-1.jsonl`, [subagent]);
    const { sessions } = await readAll(place);
    assertEquals(sessions.map((session) => session.cost_is_partial), [isPartial]);
  }
});

Deno.test("readSessionsInOrder skips files that cannot be read", async () => {
  await using place = await makePlace();
  const id = await place.write([userLine("Hello"), answerLine({ id: "a" })]);
  const huge = await place.write([userLine("Huge")]);
  await Deno.truncate(`${sessionFolder(place)}/${huge}.jsonl`, 600 * 1024 * 1024);
  const subagents = `${sessionFolder(place)}/${id}/subagents`;
  await Deno.mkdir(subagents, { recursive: true });
  await Deno.symlink("/dev/zero", `${subagents}/agent-1.jsonl`);
  const { sessions, skipped } = await readAll(place);
  assertEquals(sessions.map((session) => session.id), [id]);
  assertEquals(skipped.sort(), [`${huge}.jsonl`, "agent-1.jsonl"].sort());
});

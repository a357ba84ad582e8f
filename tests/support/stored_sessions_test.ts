import { assert, assertEquals } from "@std/assert";
import { listSessions } from "../claude/sessions/place.ts";
import { text, thinking } from "./api_reply.ts";
import { asObject, type JsonObject } from "./json.ts";
import { makeSandbox } from "./sandbox.ts";
import {
  recordedTranscripts,
  storeRecordedSession,
  storeSession,
  TRANSCRIPTS,
} from "./stored_sessions.ts";
import {
  apiErrorMessage,
  assistant,
  attachment,
  compaction,
  costState,
  type Entry,
  interruption,
  noise,
  prompt,
  taskNotification,
  toolCall,
  toolResult,
  transcript,
} from "./transcripts.ts";

/** One entry of each kind. */
const ENTRIES = transcript([
  noise(),
  prompt("Look around."),
  assistant([thinking("Hm."), text("I ask."), toolCall("toolu_1", "Agent", { prompt: "Look." })]),
  toolResult("toolu_1", "Found.", { toolUseResult: { status: "completed" } }),
  taskNotification("a1", "toolu_1", "Found."),
  apiErrorMessage(529, "API Error: 529 Overloaded."),
  interruption("toolu_2"),
  compaction("The summary."),
  attachment("max_turns_reached", { maxTurns: 1, turnCount: 2 }),
  costState({ "claude-opus-5-5": { costUSD: 0.5, inputTokens: 120 } }),
], { sessionId: "s", cwd: "/home/me/project" });

Deno.test("the lines of transcript() have only types and fields that recorded transcripts have", () => {
  const known = new Map<string, Set<string>>();
  for (const line of recordedLines("2.1.332")) {
    const fields = known.get(String(line.type)) ?? new Set();
    for (const field of Object.keys(line)) fields.add(field);
    known.set(String(line.type), fields);
  }
  const unknown = ENTRIES.filter(({ type }) => type !== "file-history-snapshot")
    .flatMap((line) =>
      Object.keys(line).filter((field) => !known.get(String(line.type))?.has(field))
        .map((field) => `${line.type}.${field}`)
    );
  assertEquals(unknown, []);
});

Deno.test("transcript() links each message to the one before it", () => {
  const [first, second, third] = transcript([prompt("One."), noise(), assistant([text("Two.")])])
    .filter((line) => "uuid" in line);
  assertEquals(first?.parentUuid, null);
  assertEquals(second?.parentUuid, first?.uuid);
  assertEquals(third?.parentUuid, second?.uuid);
  assert(String(first?.timestamp) < String(third?.timestamp));
});

Deno.test("storeSession() writes a session that is found in its workspace, and its subagents", async () => {
  await using sandbox = await makeSandbox();
  const { home, project } = sandbox;
  const agents = [
    { id: "a1", toolUseId: "toolu_1", lines: transcript([prompt("Look.")]) },
    { id: "a2", lines: transcript([prompt("Look.")]), isNextToSession: true },
  ];
  const stored = await storeSession(home, project, transcript([prompt("Look around.")]), {
    subagents: agents,
  });
  const sessions = await listSessions({ cwd: project, home, env: {} });
  assertEquals(sessions.map(({ id, prompt }) => [id, prompt]), [[stored.id, "Look around."]]);

  const folder = stored.path.slice(0, -".jsonl".length);
  const meta = JSON.parse(await Deno.readTextFile(`${folder}/subagents/agent-a1.meta.json`));
  assertEquals(meta.toolUseId, "toolu_1");
  for (const path of [`${folder}/subagents/agent-a1.jsonl`, `${folder}/../agent-a2.jsonl`]) {
    const line = JSON.parse(await Deno.readTextFile(path));
    assertEquals([line.sessionId, line.isSidechain, line.cwd], [stored.id, true, project]);
  }
});

Deno.test("storeRecordedSession() stores every recorded conversation where Claude Code has it", async () => {
  await using sandbox = await makeSandbox();
  const { home, project } = sandbox;
  const stored = new Map<string, string>();
  for (const name of recordedTranscripts()) {
    stored.set((await storeRecordedSession(home, project, name)).id, name);
  }
  const sessions = await listSessions({ cwd: project, home, env: {} });
  const missing = new Map(stored);
  for (const { id } of sessions) missing.delete(id);
  // One contains only a summary, and the other one is a session of a worktree.
  assertEquals([...missing.values()].sort(), ["1.0.128-resume-2", "2.1.332-worktreeopt"]);
});

function recordedLines(version: string): JsonObject[] {
  return recordedTranscripts().filter((name) => name.startsWith(version)).flatMap((name) =>
    Deno.readTextFileSync(`${TRANSCRIPTS}/${name}.jsonl`).trimEnd().split("\n")
      .map((line): Entry => asObject(JSON.parse(line)))
  );
}

/**
 * Entries of transcripts with values that their fields cannot have.
 *
 * @module
 */

import { text } from "./api_reply.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import {
  assistant,
  attachment,
  compaction,
  costState,
  type Entry,
  noise,
  prompt,
  taskNotification,
  toolCall,
  toolResult,
  transcript,
} from "./transcripts.ts";

/** Values of each type. */
const VALUES: readonly unknown[] = [null, true, -1, 1e308, "", "x", [], [null], {}, { type: [] }];

/** Returns entries in which one field after the other has a value of each type. */
export function entriesOfWrongTypes(): readonly Entry[] {
  return samples().flatMap((sample) =>
    VALUES.flatMap((value) => withEachField(sample, () => value))
  );
}

/** Returns entries without one of their fields. */
export function entriesWithoutFields(): readonly Entry[] {
  return samples().flatMap((sample) => withEachField(sample, () => undefined));
}

/** Returns copies of an object in each of which one field, at any depth, has another value. */
function withEachField(object: JsonObject, change: () => unknown): JsonObject[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const changed = { ...object, [key]: change() };
    return [
      changed,
      ...insideChanged(value, change).map((inside) => ({ ...object, [key]: inside })),
    ];
  });
}

function insideChanged(value: unknown, change: () => unknown): unknown[] {
  if (isJsonObject(value)) return withEachField(value, change);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) =>
    insideChanged(item, change).map((inside) => value.with(index, inside))
  );
}

/** Returns one complete entry of each kind. */
function samples(): readonly Entry[] {
  return transcript([
    prompt("A prompt."),
    assistant([text("A text."), toolCall("toolu_s", "Agent", { prompt: "Look." })]),
    assistant([{ type: "thinking", thinking: "Hm.", signature: "sig" }]),
    toolResult("toolu_s", [text("A result.")], {
      toolUseResult: { agentId: "a1", status: "done" },
    }),
    taskNotification("a1", "toolu_s", "A report."),
    attachment("queued_command", { prompt: [text("A queued prompt.")], commandMode: "prompt" }),
    attachment("structured_output", { data: { a: 1 }, toolUseID: "toolu_s" }),
    attachment("max_turns_reached", { maxTurns: 1, turnCount: 2 }),
    compaction("A summary."),
    costState({ "claude-opus-5-5": { costUSD: 0.5, inputTokens: 1, outputTokens: 1 } }),
    { type: "summary", summary: "A title", leafUuid: "x" },
    { type: "custom-title", customTitle: "A title" },
    noise(),
  ]);
}

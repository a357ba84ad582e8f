import type { BlockEvent, EventOf } from "../../events.ts";

/** A complete block of the model's text or thinking. */
export type CompleteEvent = EventOf<"text" | "thinking">;

/** A piece of such a block. */
export type DeltaEvent = EventOf<"text_delta" | "thinking_delta">;

/** Returns whether two events are of the same block. */
export function isSameBlock(a: BlockEvent, b: BlockEvent): boolean {
  return a.message_id === b.message_id && a.index === b.index &&
    a.parent_tool_use_id === b.parent_tool_use_id;
}

/** Returns what was not shown of a complete text; undefined if another text was shown. */
export function missingText(text: string, shown: string): string | undefined {
  if (text.startsWith(shown)) return text.slice(shown.length);
  // The complete text may be trimmed.
  return shown.trim().startsWith(text.trim()) ? "" : undefined;
}

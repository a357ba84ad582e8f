import type { EventOf } from "../../events.ts";

/** A complete block of the model's text or thinking. */
export type CompleteEvent = EventOf<"text" | "thinking">;

/** A piece of such a block. */
export type DeltaEvent = EventOf<"text_delta" | "thinking_delta">;

/** Returns what a complete block and its pieces have in common. */
export function blockId(event: CompleteEvent | DeltaEvent): string {
  return JSON.stringify([event.parent_tool_use_id ?? null, event.message_id, event.index]);
}

/** Returns what was not shown of a complete text; undefined if another text was shown. */
export function missingText(text: string, shown: string): string | undefined {
  if (text.startsWith(shown)) return text.slice(shown.length);
  // The complete text may be trimmed.
  return shown.trim().startsWith(text.trim()) ? "" : undefined;
}

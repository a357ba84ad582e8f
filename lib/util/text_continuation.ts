import type { BlockEvent } from "../events.ts";

/**
 * Returns whether a block of text continues the last one, if nothing of the same agent is between them.
 * A citation splits a sentence into several blocks, and an output limit splits it into two messages.
 */
export function continuesText(
  block: BlockEvent & { readonly continues?: boolean },
  last: BlockEvent,
): boolean {
  if (block.parent_tool_use_id !== last.parent_tool_use_id) return false;
  return block.continues === true ||
    block.message_id === last.message_id && block.index === last.index + 1;
}

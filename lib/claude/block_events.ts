/**
 * The events of content blocks.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import type { AssistantBlock, ToolResultBlock } from "./content_blocks.ts";
import type { BlockPosition } from "./open_messages.ts";
import type { ToolContent } from "./tool_content.ts";

/** What the event of a block states besides its content. */
export interface BlockContext {
  readonly position: BlockPosition;
  /** Whether Claude Code wrote the message itself. */
  readonly isSynthetic: boolean;
  /** Whether the block continues a text that was cut off. */
  readonly continues: boolean;
}

/** Returns the event of a block; undefined if the block is empty. */
export function blockEvent(
  block: Exclude<AssistantBlock, ToolResultBlock>,
  { position, isSynthetic, continues }: BlockContext,
): EventBody | undefined {
  switch (block.kind) {
    case "text":
      if (block.text === "") return undefined;
      return {
        type: "text",
        text: block.text,
        ...position,
        ...(isSynthetic ? { synthetic: true } : {}),
        ...(continues ? { continues } : {}),
      };
    case "thinking":
      // Newer models can keep their thinking secret, and send it empty.
      return block.text === "" ? undefined : { type: "thinking", text: block.text, ...position };
    case "notice":
      return block.notice;
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: block.input };
    case "other":
      return { type: "unknown", event: { type: "assistant", block: block.block } };
  }
}

/**
 * Returns the event of a tool result. The time of the result determines its duration.
 *
 * @param name the tool
 * @param content what the tool returned
 */
export function toolResultEvent(
  { toolUseId, isError, diff, isInterrupted }: ToolResultBlock,
  name: string,
  content: ToolContent,
): EventBody<"tool_result"> {
  return {
    type: "tool_result",
    tool_use_id: toolUseId,
    name,
    is_error: isError,
    ...content,
    ...(diff === undefined ? {} : { diff }),
    duration_ms: null,
    ...(isInterrupted ? { interrupted: true } : {}),
  };
}

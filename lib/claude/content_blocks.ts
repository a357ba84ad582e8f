/**
 * The content blocks of assistant and user messages.
 *
 * @module
 */

import type { EventBody } from "../events.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { describeModelSwitch } from "./change_notices.ts";
import { isInterruptedResult, type PermissionDecision, permissionDecisions } from "./denials.ts";
import { readFileDiff } from "./file_diff.ts";
import { isId, isName, isToolName } from "../util/plausible.ts";
import { getId, getObject, getPlausible, getString } from "./json_fields.ts";
import { hasErrorCode } from "./server_results.ts";
import { readToolContent } from "./tool_content.ts";
import { userNote } from "./user_notes.ts";

/** The result of a tool call. */
export interface ToolResultBlock {
  readonly kind: "tool_result";
  readonly toolUseId: string;
  readonly isError: boolean;
  readonly content: unknown;
  /** The change of an existing file, as a unified diff. */
  readonly diff: string | undefined;
  /** Whether the call was allowed, if the message states it. */
  readonly decision: PermissionDecision | undefined;
  /** Whether the tool was stopped together with its turn. */
  readonly isInterrupted: boolean;
}

/** A block of an assistant message. */
export type AssistantBlock =
  | { readonly kind: "text" | "thinking"; readonly text: string }
  /** A block that reports what happened to the conversation. */
  | { readonly kind: "notice"; readonly notice: EventBody<"notice"> }
  | {
    readonly kind: "tool_use";
    readonly id: string;
    readonly name: string;
    readonly input: JsonObject;
  }
  | ToolResultBlock
  | { readonly kind: "other"; readonly block: unknown };

/** A block of a user message. Everything but a tool result is shown as text. */
export type UserBlock =
  | ToolResultBlock
  | {
    readonly kind: "text";
    readonly text: string;
    readonly source: EventBody<"user_text">["kind"];
  };

/**
 * Reads the blocks of an assistant message.
 *
 * @returns undefined if the message has no content
 */
export function readAssistantBlocks(json: JsonObject): AssistantBlock[] | undefined {
  return contentBlocks(json)?.map((block) => readAssistantBlock(block, json));
}

function readAssistantBlock(block: unknown, json: JsonObject): AssistantBlock {
  if (!isJsonObject(block)) return { kind: "other", block };
  switch (block["type"]) {
    case "text":
    case "thinking":
      return { kind: block["type"], text: getString(block, block["type"]) ?? "" };
    case "redacted_thinking":
      return noticeBlock("redacted_thinking", "a block of thinking is encrypted");
    case "compaction":
      return noticeBlock("compaction", "the API compacted the conversation", block);
    case "fallback":
      return { kind: "notice", notice: readFallback(block) };
    case "mcp_tool_listing":
      return noticeBlock("mcp_tools", "the API listed the tools of an MCP server", block);
    case "container_upload":
      return noticeBlock("files", "a file was uploaded to the container", block);
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return {
        kind: "tool_use",
        id: getId(block, "id"),
        name: getPlausible(block, "name", isToolName) ?? "unknown",
        input: getObject(block, "input"),
      };
  }
  // Results of server tools, which the API itself runs, are part of the assistant message.
  return hasToolUseId(block) ? readToolResultBlock(block, json) : { kind: "other", block };
}

function noticeBlock(kind: string, text: string, data?: JsonObject): AssistantBlock {
  const notice = { type: "notice", level: "info", kind, text } as const;
  return { kind: "notice", notice: data === undefined ? notice : { ...notice, data } };
}

/** Reads a switch to another model in the middle of a message. */
function readFallback(block: JsonObject): EventBody<"notice"> {
  const [from, to] = ["from", "to"].map((end) =>
    getPlausible(getObject(block, end), "model", isName)
  );
  const text = describeModelSwitch(from, to);
  return { type: "notice", level: "warning", kind: "model", text, data: block };
}

/**
 * Reads the blocks of a user message.
 *
 * @returns undefined if the message has no content
 */
export function readUserBlocks(json: JsonObject): UserBlock[] | undefined {
  const decisions = permissionDecisions(json);
  return contentBlocks(json)?.map((block) => {
    if (isJsonObject(block) && (block["type"] === "tool_result" || hasToolUseId(block))) {
      return readToolResultBlock(block, json, decisions);
    }
    const { text } = readToolContent([block]);
    return { kind: "text", text, source: userTextSource(json, text) };
  });
}

/** Returns the blocks of a message. A plain string counts as one text block. */
export function contentBlocks(json: JsonObject): readonly unknown[] | undefined {
  const content = getObject(json, "message")["content"];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content : undefined;
}

function hasToolUseId(block: JsonObject): boolean {
  return typeof block["tool_use_id"] === "string";
}

function readToolResultBlock(
  block: JsonObject,
  json: JsonObject,
  decisions?: ReadonlyMap<string, PermissionDecision>,
): ToolResultBlock {
  const toolUseId = getId(block, "tool_use_id");
  const content = block["content"];
  const isError = block["is_error"] === true || hasErrorCode(content);
  return {
    kind: "tool_result",
    toolUseId,
    isError,
    content,
    diff: readFileDiff(json),
    decision: decisions?.get(toolUseId),
    isInterrupted: isError && isInterruptedResult(readToolContent(content).text, json),
  };
}

function userTextSource(json: JsonObject, text: string): EventBody<"user_text">["kind"] {
  if (json["isPrompt"] === true) return "prompt";
  if (json["isReplay"] === true) return "replay";
  if (getPlausible(json, "parent_tool_use_id", isId) !== undefined) return "subagent";
  const isSynthetic = json["isSynthetic"] === true || json["isMeta"] === true;
  return userNote(text) ?? (isSynthetic ? "synthetic" : "other");
}

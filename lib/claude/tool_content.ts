import { format } from "@std/fmt/bytes";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { joinTexts } from "../util/join_texts.ts";
import { getNonEmptyString, getObject, getString } from "./json_fields.ts";
import { describeServerResult } from "./server_results.ts";

/** The content of a tool result. */
export interface ToolContent {
  /** The content as text. */
  text: string;
  /** The blocks, if they are more than the text. */
  content?: unknown[];
}

/** Reads the `content` of a tool result: a string, a block, or an array of blocks. */
export function readToolContent(content: unknown): ToolContent {
  if (typeof content === "string") return { text: content };
  if (content === undefined || content === null) return { text: "" };
  const blocks: unknown[] = Array.isArray(content) ? content : [content];
  const shown = blocks.filter((block, index) => !isImageNote(block, blocks[index - 1]));
  const texts = shown.map(textOf);
  const text = texts.map((text, index) => text ?? describeBlock(shown[index])).join("\n");
  return texts.includes(undefined) ? { text, content: blocks } : { text };
}

/** The text after an image of an MCP server, which names its file for the model. */
const IMAGE_NOTE = /^\[Image: source: [^\n]*\]$/;

/** Returns whether a block only repeats that the block before it is an image. */
function isImageNote(block: unknown, previous: unknown): boolean {
  return isJsonObject(previous) && previous["type"] === "image" &&
    IMAGE_NOTE.test(textOf(block) ?? "");
}

/** Returns the text of a text block. */
function textOf(block: unknown): string | undefined {
  if (typeof block === "string") return block;
  return isJsonObject(block) && block["type"] === "text" ? getString(block, "text") : undefined;
}

/** Describes a block that is not text, for example `[image/png, 482 KB]`. */
function describeBlock(block: unknown): string {
  if (!isJsonObject(block)) return `[${block === null ? "null" : typeof block}]`;
  const type = getString(block, "type") ?? "object";
  return describeServerResult(block) ?? describeMedia(block, type);
}

/** Describes an image, a file or another block that carries data, or has only a type. */
function describeMedia(block: JsonObject, type: string): string {
  const resource = getObject(block, "resource");
  const text = getString(resource, "text");
  if (text !== undefined) return text;
  const source = getObject(block, "source");
  const data = getString(source, "data") ?? getString(block, "data") ?? getString(resource, "blob");
  const isText = source["type"] === "text";
  const size = data === undefined ? undefined : isText ? byteLength(data) : base64Size(data);
  const details = [
    getNonEmptyString(block, "title"),
    mediaTypeOf(source) ?? mediaTypeOf(block) ?? mediaTypeOf(resource) ?? type,
    size === undefined ? undefined : format(size).replace("kB", "KB"),
    getNonEmptyString(source, "url") ?? getNonEmptyString(block, "uri") ??
      getNonEmptyString(resource, "uri"),
  ];
  return `[${joinTexts(details, ", ")}]`;
}

function mediaTypeOf(object: JsonObject): string | undefined {
  return getNonEmptyString(object, "media_type") ?? getNonEmptyString(object, "mimeType");
}

/** Returns how many bytes a Base64 text encodes. */
function base64Size(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor(data.length * 3 / 4) - padding);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

import { format } from "@std/fmt/bytes";
import { isObject, type Json, objectIn, stringIn, textIn } from "./json_fields.ts";

/** A tool result's content as ccrun reports it. */
export interface ToolContent {
  /** All of it as text. */
  text: string;
  /** The blocks, when they are more than text. */
  content?: unknown[];
}

/** Reads the `content` of a tool result: a string, or a list of blocks. */
export function readToolContent(content: unknown): ToolContent {
  if (typeof content === "string") return { text: content };
  if (content === undefined || content === null) return { text: "" };
  if (!Array.isArray(content)) return readToolContent([content]);
  let isText = true;
  const parts = content.map((block) => {
    if (typeof block === "string") return block;
    if (isObject(block) && block["type"] === "text" && typeof block["text"] === "string") {
      return block["text"];
    }
    isText = false;
    return nameOf(block);
  });
  const text = parts.join("\n");
  return isText ? { text } : { text, content };
}

/** What is not text, in brackets: `[image/png, 482 KB]`. */
function nameOf(block: unknown): string {
  if (!isObject(block)) return `[${block === null ? "null" : typeof block}]`;
  const type = stringIn(block, "type") ?? "object";
  const resource = objectIn(block, "resource");
  const inside = typeof resource["text"] === "string" ? resource["text"] : undefined;
  if (inside !== undefined) return inside;
  if (type === "tool_reference") return `[tool ${textIn(block, "tool_name") ?? "?"}]`;
  const source = objectIn(block, "source");
  const kind = mediaTypeOf(source) ?? mediaTypeOf(block) ?? mediaTypeOf(resource) ?? type;
  const data = stringIn(source, "data") ?? stringIn(block, "data") ?? stringIn(resource, "blob");
  const where = textIn(source, "url") ?? textIn(block, "uri") ?? textIn(resource, "uri");
  const details = [kind];
  if (data !== undefined) details.push(format(base64Size(data)).replace("kB", "KB"));
  if (where !== undefined) details.push(where);
  return `[${details.join(", ")}]`;
}

function mediaTypeOf(from: Json): string | undefined {
  return textIn(from, "media_type") ?? textIn(from, "mimeType");
}

/** The number of bytes that a base64 text stands for. */
function base64Size(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor(data.length * 3 / 4) - padding);
}

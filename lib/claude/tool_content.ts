import { format } from "@std/fmt/bytes";
import { getNonEmptyString, getObject, getString, isObject, type Json } from "./json_fields.ts";

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
  const type = getString(block, "type") ?? "object";
  const resource = getObject(block, "resource");
  const inside = typeof resource["text"] === "string" ? resource["text"] : undefined;
  if (inside !== undefined) return inside;
  if (type === "tool_reference") return `[tool ${getNonEmptyString(block, "tool_name") ?? "?"}]`;
  const source = getObject(block, "source");
  const kind = mediaTypeOf(source) ?? mediaTypeOf(block) ?? mediaTypeOf(resource) ?? type;
  const data = getString(source, "data") ?? getString(block, "data") ?? getString(resource, "blob");
  const where = getNonEmptyString(source, "url") ?? getNonEmptyString(block, "uri") ??
    getNonEmptyString(resource, "uri");
  const details = [kind];
  if (data !== undefined) details.push(format(base64Size(data)).replace("kB", "KB"));
  if (where !== undefined) details.push(where);
  return `[${details.join(", ")}]`;
}

function mediaTypeOf(from: Json): string | undefined {
  return getNonEmptyString(from, "media_type") ?? getNonEmptyString(from, "mimeType");
}

/** The number of bytes that a base64 text stands for. */
function base64Size(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor(data.length * 3 / 4) - padding);
}

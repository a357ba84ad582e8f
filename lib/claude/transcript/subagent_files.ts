/**
 * The files in which newer versions store what the subagents of a session did.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { readBoundedTextFile } from "../../util/bounded_file.ts";
import { type JsonObject, parseJsonObject } from "../../util/json.ts";
import { isId } from "../../util/plausible.ts";
import { getObject, getPlausible } from "../json_fields.ts";
import { blocksOf } from "./entries.ts";

/** The file of a subagent. */
export interface SubagentFile {
  readonly path: string;
  /** The call that started the subagent; undefined if the file does not tell. */
  readonly call: string | undefined;
  /** Whether the session has waited for the subagent; undefined if the file does not tell. */
  readonly isForeground: boolean | undefined;
}

const MAX_META_BYTES = 1024 * 1024;

/** Returns whether the first entry of a file next to a transcript shows that its subagent belongs to it. */
export function belongsTo(first: JsonObject, transcript: string): boolean {
  return first["sessionId"] === basename(withoutExtension(transcript));
}

function withoutExtension(path: string): string {
  return path.replace(/\.jsonl$/i, "");
}

/** Returns what is known about the file of a subagent. */
export async function readSubagentFile(path: string): Promise<SubagentFile> {
  const meta = await readMeta(`${withoutExtension(path)}.meta.json`);
  const shape = meta["requestShape"];
  return {
    path,
    call: getPlausible(meta, "toolUseId", isId),
    isForeground: shape === "foreground" ? true : shape === "background" ? false : undefined,
  };
}

async function readMeta(path: string): Promise<JsonObject> {
  try {
    return parseJsonObject(await readBoundedTextFile(path, MAX_META_BYTES)) ?? {};
  } catch {
    return {};
  }
}

/**
 * Returns an entry of a subagent without what a stream leaves out: the prompt of a subagent in the background,
 * and what one says whose report the session waits for. The result of its call repeats the report.
 */
export function asStreamed(entry: JsonObject, { isForeground }: SubagentFile): JsonObject {
  const isPrompt = entry["type"] === "user" && entry["parentUuid"] === null;
  if (isForeground === false && isPrompt) return withContent(entry, []);
  if (isForeground !== true || entry["type"] !== "assistant") return entry;
  return withContent(
    entry,
    blocksOf(entry).filter(({ type }) => type !== "text" && type !== "thinking"),
  );
}

function withContent(entry: JsonObject, content: readonly JsonObject[]): JsonObject {
  return { ...entry, message: { ...getObject(entry, "message"), content } };
}

/**
 * Writes session files like those of Claude Code.
 *
 * @module
 */

import { projectFolderName } from "../../lib/claude/sessions/store.ts";
import type { JsonObject } from "./json.ts";

/** Options of {@linkcode writeSession}. */
export interface WriteSessionOptions {
  /** The home directory. */
  readonly home: string;
  /** The workspace. */
  readonly cwd: string;
  /** The id of the session. @default {a new one} */
  readonly id?: string;
  /** The lines. Objects are written as JSON. */
  readonly lines: readonly (JsonObject | string)[];
  /** The modification time. */
  readonly updated?: Date;
}

/** Writes a session and returns its id. */
export async function writeSession(options: WriteSessionOptions): Promise<string> {
  const { lines, updated, id = crypto.randomUUID() } = options;
  const folder = sessionFolder(options);
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${id}.jsonl`;
  const text = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
  await Deno.writeTextFile(path, text.map((line) => `${line}\n`).join(""));
  if (updated !== undefined) await Deno.utime(path, updated, updated);
  return id;
}

/** Returns the directory of the sessions of a workspace. */
export function sessionFolder({ home, cwd }: { home: string; cwd: string }): string {
  return `${home}/.claude/projects/${projectFolderName(cwd)}`;
}

/** Returns a message of the user, with its fields in the order of 2.1.197. */
export function userLine(content: unknown, more: JsonObject = {}): JsonObject {
  return {
    parentUuid: null,
    isSidechain: false,
    promptId: "p",
    type: "user",
    message: { role: "user", content },
    uuid: crypto.randomUUID(),
    timestamp: "2026-11-22T20:01:01.623Z",
    userType: "external",
    ...more,
  };
}

/** Returns a message of the model. */
export function assistantLine(text: string, more: JsonObject = {}): JsonObject {
  return {
    parentUuid: "u",
    isSidechain: false,
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      content: [{ type: "text", text }],
    },
    type: "assistant",
    uuid: crypto.randomUUID(),
    timestamp: "2026-11-22T20:01:02.000Z",
    ...more,
  };
}

/** Returns the result of a tool. */
export function toolResultLine(content: unknown, more: JsonObject = {}): JsonObject {
  return userLine([{ tool_use_id: "toolu_1", type: "tool_result", content }], more);
}

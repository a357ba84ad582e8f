/**
 * Stores sessions in a home directory, as Claude Code does: new ones, and recorded ones of many versions.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import type { JsonObject } from "./json.ts";
import { RECORDINGS } from "./recordings.ts";
import { sessionFolder, writeSession } from "./session_files.ts";
import type { Entry } from "./transcripts.ts";

/** A stored session. */
export interface StoredSession {
  readonly id: string;
  /** The file of its transcript. */
  readonly path: string;
}

/** The transcript of a subagent. */
export interface StoredSubagent {
  /** @default {a new one} */
  readonly id?: string;
  /** The tool call that started it, as versions since 2.1.197 store it. */
  readonly toolUseId?: string;
  readonly lines: readonly (Entry | string)[];
  /** More fields of the file with its metadata; null if there is no file, as before 2.1.100. */
  readonly meta?: JsonObject | null;
  /** Whether its file is next to that of the session, as in 2.1.0. @default {false} */
  readonly isNextToSession?: boolean;
}

/** Options of {@linkcode storeSession}. */
export interface StoreSessionOptions {
  /** The id of the session. @default {a new one} */
  readonly id?: string;
  readonly subagents?: readonly StoredSubagent[];
  /** The modification time of the transcript. */
  readonly updated?: Date;
}

/** Stores a session: its lines, of which strings are written as they are, or its whole file. */
export async function storeSession(
  home: string,
  cwd: string,
  content: readonly (Entry | string)[] | Uint8Array,
  { id: sessionId = crypto.randomUUID(), subagents = [], updated }: StoreSessionOptions = {},
): Promise<StoredSession> {
  const complete = (lines: readonly (Entry | string)[], agent: Entry = {}) =>
    lines.map((line) =>
      typeof line === "string" ? line : completed(line, { sessionId, cwd, agent })
    );
  const id = await writeSession({
    home,
    cwd,
    id: sessionId,
    lines: content instanceof Uint8Array ? [] : complete(content),
    ...updated === undefined ? {} : { updated },
  });
  const folder = sessionFolder({ home, cwd });
  const path = `${folder}/${id}.jsonl`;
  if (content instanceof Uint8Array) await Deno.writeFile(path, content);
  for (const { toolUseId, meta = {}, ...subagent } of subagents) {
    const agentId = subagent.id ?? `a${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
    const directory = subagent.isNextToSession ? folder : `${folder}/${id}/subagents`;
    await Deno.mkdir(directory, { recursive: true });
    const text = complete(subagent.lines, { isSidechain: true, agentId })
      .map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`);
    await Deno.writeTextFile(`${directory}/agent-${agentId}.jsonl`, text.join(""));
    if (meta === null || subagent.isNextToSession) continue;
    const described = { agentType: "general-purpose", toolUseId, spawnDepth: 1, ...meta };
    await Deno.writeTextFile(`${directory}/agent-${agentId}.meta.json`, JSON.stringify(described));
  }
  return { id, path };
}

/** Adds the session to a line, unless the line names one. */
function completed(
  line: Entry,
  { sessionId, cwd, agent }: { sessionId: string; cwd: string; agent: Entry },
): Entry {
  const where = "uuid" in line ? { cwd } : {};
  return { ...where, sessionId, ...line, ...agent };
}

/** The directory of the recorded transcripts. Each is named after the version and the situation. */
export const TRANSCRIPTS = `${RECORDINGS}/transcripts`;

/** The workspace of the recorded sessions. */
export const RECORDED_WORKSPACE = "/home/me/project";

/** Returns the names of the recorded transcripts, sorted, without those of subagents. */
export function recordedTranscripts(): readonly string[] {
  const names = [...Deno.readDirSync(TRANSCRIPTS)].map(({ name }) => name);
  return names.filter((name) => /^\d.*\.jsonl$/.test(name))
    .map((name) => name.slice(0, -".jsonl".length)).sort();
}

/** Stores a recorded session, with its subagents, as a session of this workspace. */
export async function storeRecordedSession(
  home: string,
  cwd: string,
  name: string,
): Promise<StoredSession> {
  const moved = async (path: string) =>
    (await Deno.readTextFile(`${TRANSCRIPTS}/${path}`)).replaceAll(RECORDED_WORKSPACE, cwd);
  const text = await moved(`${name}.jsonl`);
  const id = /"sessionId":"([-0-9a-f]+)"/.exec(text)?.[1] ?? crypto.randomUUID();
  // A session of a worktree has another directory.
  const directory = /"cwd":"([^"]+)"/.exec(text)?.[1] ?? cwd;
  const folder = sessionFolder({ home, cwd: directory });
  const files = new Map([[`${folder}/${id}.jsonl`, text]]);
  for (const file of await filesIn(`${TRANSCRIPTS}/${name}/subagents`)) {
    files.set(`${folder}/${id}/subagents/${file}`, await moved(`${name}/subagents/${file}`));
  }
  for (const file of await filesIn(TRANSCRIPTS)) {
    if (!file.startsWith("agent-")) continue;
    const subagent = await moved(file);
    if (subagent.includes(id)) files.set(`${folder}/${file}`, subagent);
  }
  for (const [path, content] of files) {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, content);
  }
  return { id, path: `${folder}/${id}.jsonl` };
}

/** Returns the names of the files in a directory; none if it does not exist. */
async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

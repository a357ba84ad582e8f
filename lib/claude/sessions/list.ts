/**
 * Lists the sessions of a workspace.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import type { ConfigLocation } from "../config_directory.ts";
import {
  findSessionFiles,
  MAX_OPEN_FILES,
  projectFolderName,
  type SessionFile,
  type WorkspaceFiles,
} from "./store.ts";
import { readTranscript, type ReadTranscriptOptions, type SessionRecord } from "./transcript.ts";

/** A stored session. */
export interface Session {
  /** The id, for `--resume`. */
  readonly id: string;
  /** When the session was last changed, as RFC 3339. */
  readonly updated: string;
  /**
   * The number of prompts and tool results, including those of the session that this one was forked
   * from; null if only the start of the file was read.
   */
  readonly turns: number | null;
  /** The start of the first prompt, on one line. */
  readonly prompt: string;
  /** The title that the user or Claude Code chose. */
  readonly title?: string;
}

/**
 * Lists the sessions of a workspace, newest first.
 *
 * @throws {CcrunError} `usage` if the sessions cannot be read
 */
export async function listSessions(location: ConfigLocation): Promise<Session[]> {
  return await readSessions(await findSessionFiles(location));
}

/** Reads the files that are sessions of the workspace. */
export async function readSessions(
  { cwd, files }: WorkspaceFiles,
  options?: ReadTranscriptOptions,
): Promise<Session[]> {
  const sessions = pooledMap(MAX_OPEN_FILES, files, (file) => readSession(file, cwd, options));
  return (await Array.fromAsync(sessions)).filter((session) => session !== undefined);
}

/** Reads a file; returns undefined if it is not a session of the workspace. */
export async function readSession(
  file: SessionFile,
  cwd: string,
  options?: ReadTranscriptOptions,
): Promise<Session | undefined> {
  const record = await readTranscript(file.path, options);
  if (record === undefined || belongsToOtherWorkspace(record, cwd)) return undefined;
  const { turns, prompt, title } = record;
  const updated = new Date(file.updatedMs).toISOString();
  return { id: file.id, updated, turns, prompt, ...(title === undefined ? {} : { title }) };
}

/** Returns whether a session belongs to another workspace, whose folder has the same name. */
function belongsToOtherWorkspace(record: SessionRecord, cwd: string): boolean {
  return record.cwd !== undefined && record.cwd !== cwd &&
    projectFolderName(record.cwd) === projectFolderName(cwd);
}

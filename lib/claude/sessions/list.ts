/**
 * Reads the sessions of a workspace.
 *
 * @module
 */

import { mapAhead } from "../../util/map_ahead.ts";
import {
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
   * The number of prompts, tool results and notifications of tasks, including those of the session that
   * this one was forked from; null if only the start of the file was read.
   */
  readonly turns: number | null;
  /** The start of the first prompt, on one line. */
  readonly prompt: string;
  /** The title that the user or Claude Code chose. */
  readonly title?: string;
}

/** Reads the files that are sessions of the workspace. */
export async function readSessions(
  { cwd, files }: WorkspaceFiles,
  options?: ReadTranscriptOptions,
): Promise<Session[]> {
  const sessions = mapAhead(files, MAX_OPEN_FILES, (file) => readSession(file, cwd, options));
  return (await Array.fromAsync(sessions)).filter((session) => session !== undefined);
}

/** Reads a file; returns undefined if it is no session of the workspace, or cannot be read. */
export async function readSession(
  file: SessionFile,
  cwd: string,
  options?: ReadTranscriptOptions,
): Promise<Session | undefined> {
  const record = await readTranscript(file.path, options).catch(() => undefined);
  if (record === undefined || belongsToOtherWorkspace(record, cwd)) return undefined;
  return sessionOf(file, record);
}

/** Returns the session in a file. */
export function sessionOf(
  { id, updatedMs }: SessionFile,
  { turns, prompt, title }: SessionRecord,
): Session {
  const updated = new Date(updatedMs).toISOString();
  return { id, updated, turns, prompt, ...(title === undefined ? {} : { title }) };
}

/** Returns whether a session belongs to another workspace, whose folder has the same name. */
export function belongsToOtherWorkspace(record: SessionRecord, cwd: string): boolean {
  return record.cwd !== undefined && record.cwd !== cwd &&
    projectFolderName(record.cwd) === projectFolderName(cwd);
}

/**
 * Lists the sessions of a workspace, and finds one of them by its id or title.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import { CcrunError } from "../../errors.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { nearestName } from "../../util/nearest_name.ts";
import { shellQuote } from "../../util/shell_quote.ts";
import { truncate } from "../../util/truncate.ts";
import { workspaceProblem } from "../../util/workspace.ts";
import type { ConfigLocation } from "../config_directory.ts";
import { isPendingSessionId, isSessionId } from "../session_id.ts";
import { MAX_OPEN_FILES, projectFolderName, type SessionFile, sessionFiles } from "./store.ts";
import { readTranscript, type ReadTranscriptOptions, type SessionRecord } from "./transcript.ts";

/** A stored session. */
export interface Session {
  /** The id, for `--resume`. */
  readonly id: string;
  /** When the session was last changed, as RFC 3339. */
  readonly updated: string;
  /** The number of prompts and tool results, even of the session that this one was forked from. */
  readonly turns: number | null;
  /** The start of the first prompt, on one line. */
  readonly prompt: string;
  /** The title that the user or Claude Code chose. */
  readonly title?: string;
}

/** A session whose file was read. */
type LoadedSession = SessionFile & SessionRecord;

/**
 * Lists the sessions of a workspace, newest first.
 *
 * @throws {CcrunError} `usage` if the workspace or its sessions cannot be read
 */
export async function listSessions(location: ConfigLocation): Promise<Session[]> {
  const real = await resolveLocation(location);
  const sessions = await loadSessions(await findFiles(real), real.cwd);
  return sessions.map(({ id, updatedMs, turns, prompt, title }) => {
    const updated = new Date(updatedMs).toISOString();
    return { id, updated, turns, prompt, ...(title === undefined ? {} : { title }) };
  });
}

/** Returns the location with the workspace as Claude Code sees it: without symbolic links. */
async function resolveLocation(location: ConfigLocation): Promise<ConfigLocation> {
  const problem = await workspaceProblem(location.cwd);
  if (problem !== undefined) throw new CcrunError("usage", problem.message, problem.hint);
  return { ...location, cwd: await Deno.realPath(location.cwd) };
}

async function findFiles(location: ConfigLocation): Promise<SessionFile[]> {
  try {
    return await sessionFiles(location);
  } catch (error) {
    if (error instanceof CcrunError) throw error;
    throw new CcrunError(
      "usage",
      `cannot read the sessions of ${location.cwd}: ${osErrorMessage(error)}`,
      "check the permissions of ~/.claude/projects, or of the directory in CLAUDE_CONFIG_DIR",
    );
  }
}

/** Reads the files that are sessions of the workspace. */
async function loadSessions(
  files: readonly SessionFile[],
  cwd: string,
  options?: ReadTranscriptOptions,
): Promise<LoadedSession[]> {
  const sessions = pooledMap(MAX_OPEN_FILES, files, (file) => loadSession(file, cwd, options));
  return (await Array.fromAsync(sessions)).filter((session) => session !== undefined);
}

/** Reads a file; returns undefined if it is not a session of the workspace. */
async function loadSession(
  file: SessionFile,
  cwd: string,
  options?: ReadTranscriptOptions,
): Promise<LoadedSession | undefined> {
  const record = await readTranscript(file.path, options);
  return record === undefined || isOfOtherWorkspace(record, cwd)
    ? undefined
    : { ...file, ...record };
}

/** Returns whether a session belongs to another workspace, whose folder has the same name. */
function isOfOtherWorkspace({ cwd: started }: SessionRecord, cwd: string): boolean {
  return started !== undefined && started !== cwd &&
    projectFolderName(started) === projectFolderName(cwd);
}

/** Shorter prefixes match by accident. */
const MIN_PREFIX_LENGTH = 4;

/** Stands for the newest session. */
const LAST = "last";

/**
 * Finds a session by `last`, by its id or a prefix of it, or by its title or a prefix of it, ignoring
 * case. Values that Claude Code resolves itself are returned unchanged: a complete id, a `.jsonl`
 * file, and the id of a pending session.
 *
 * @returns the id of the session
 * @throws {CcrunError} `usage` if there is none, or more than one
 */
export async function resolveSession(wanted: string, location: ConfigLocation): Promise<string> {
  if (isSessionId(wanted) || isPendingSessionId(wanted) || /\.jsonl$/i.test(wanted)) return wanted;
  const real = await resolveLocation(location);
  const files = await findFiles(real);
  if (wanted === LAST) return await findLast(files, real.cwd, location.cwd);
  const byId = await findByIdPrefix(wanted, files, real.cwd);
  if (byId.length > 0) return requireSingle(wanted, byId);
  return findByTitle(wanted, await loadSessions(files, real.cwd), location.cwd);
}

async function findLast(
  files: readonly SessionFile[],
  cwd: string,
  shownCwd: string,
): Promise<string> {
  for (const file of files) {
    if (await loadSession(file, cwd, { isBrief: true }) !== undefined) return file.id;
  }
  throw new CcrunError(
    "usage",
    `cannot resume the last session: the workspace ${shownCwd} has no session yet`,
    "leave --resume out to start one, or name the workspace with --cwd",
  );
}

async function findByIdPrefix(
  wanted: string,
  files: readonly SessionFile[],
  cwd: string,
): Promise<LoadedSession[]> {
  if (wanted.length < MIN_PREFIX_LENGTH || !/^[0-9a-f][0-9a-f-]*$/i.test(wanted)) return [];
  const prefix = wanted.toLowerCase();
  const matching = files.filter(({ id }) => id.toLowerCase().startsWith(prefix));
  return await loadSessions(matching, cwd, { isBrief: true });
}

function findByTitle(wanted: string, sessions: readonly LoadedSession[], cwd: string): string {
  const listHint = `see: ccrun sessions --cwd ${shellQuote(cwd)}`;
  const name = normalizeTitle(wanted);
  const titled = sessions.flatMap((session) =>
    session.title === undefined ? [] : [{ ...session, title: session.title }]
  );
  const exact = titled.filter(({ title }) => normalizeTitle(title) === name);
  if (exact.length > 0) return requireSingle(wanted, exact);
  if (name.length < MIN_PREFIX_LENGTH) {
    throw new CcrunError(
      "usage",
      `cannot resume ${wanted}: the prefix of an id or title needs ${MIN_PREFIX_LENGTH} characters`,
      listHint,
    );
  }
  const matching = titled.filter(({ title }) => normalizeTitle(title).startsWith(name));
  if (matching.length > 0) return requireSingle(wanted, matching);
  const suggestion = suggestTitle(name, titled.map(({ title }) => title));
  throw new CcrunError(
    "usage",
    `cannot resume ${
      truncate(wanted, MAX_SHOWN_LENGTH)
    }: the workspace ${cwd} has no session with this id or title`,
    suggestion === undefined ? listHint : `did you mean ${JSON.stringify(suggestion)}? ${listHint}`,
  );
}

function normalizeTitle(title: string): string {
  return title.normalize("NFC").toLowerCase().trim();
}

/** How much of a prompt or title an error message repeats. */
const MAX_SHOWN_LENGTH = 40;

/** Returns the most similar title, unless half of it is different. */
function suggestTitle(name: string, titles: readonly string[]): string | undefined {
  if (name.length > 2 * MAX_SHOWN_LENGTH) return undefined;
  const byName = new Map(titles.map((title) => [normalizeTitle(title), title]));
  return byName.get(nearestName(name, [...byName.keys()]) ?? "");
}

/** How many sessions an error message lists. */
const MAX_LISTED_SESSIONS = 5;

/** Returns the id of the only session, or fails with a list of all of them. */
function requireSingle(wanted: string, sessions: readonly LoadedSession[]): string {
  const [first] = sessions;
  if (first !== undefined && sessions.length === 1) return first.id;
  const listed = sessions.slice(0, MAX_LISTED_SESSIONS).map(({ id, updatedMs, prompt }) => {
    const shown = JSON.stringify(truncate(prompt, MAX_SHOWN_LENGTH));
    return `${id} (${localMinute(new Date(updatedMs).toISOString())}, ${shown})`;
  });
  const more = sessions.length - listed.length;
  if (more > 0) listed.push(`${more} more`);
  throw new CcrunError(
    "usage",
    `cannot resume ${truncate(wanted, MAX_SHOWN_LENGTH)}: it matches ${sessions.length} sessions`,
    `use an id: ${listed.join("; ")}`,
  );
}

/**
 * Formats a time for people, in the time zone of this machine.
 *
 * @example
 * ```ts
 * import { localMinute } from "./resolve.ts";
 *
 * console.log(localMinute("2026-11-22T20:01:09.777Z").length); // 16, as 2026-11-22 20:01
 * ```
 */
export function localMinute(time: string): string {
  const date = new Date(time);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
  return `${day} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/**
 * Finds a session by its id or title.
 *
 * @module
 */

import { nearestName } from "../../util/nearest_name.ts";
import type { ConfigLocation } from "../config_directory.ts";
import { isPendingSessionId, isSessionId } from "../session_id.ts";
import { readSession, readSessions, type Session } from "./list.ts";
import { findSessionFiles, type WorkspaceFiles } from "./store.ts";

/** The session that was found, or why there is not exactly one. */
export type SessionMatch =
  | { readonly status: "found"; readonly id: string }
  /** The workspace has no session that could be the last one. */
  | { readonly status: "no_session" }
  | { readonly status: "prefix_too_short" }
  | { readonly status: "unknown"; readonly similarTitle: string | undefined }
  | { readonly status: "ambiguous"; readonly sessions: readonly Session[] };

/** Shorter prefixes match by accident. */
export const MIN_PREFIX_LENGTH = 4;

/**
 * Returns whether Claude Code resolves a value itself: a complete id, a `.jsonl` file, or the id of a
 * session that does not exist yet.
 */
export function isResolvedByClaude(wanted: string): boolean {
  return isSessionId(wanted) || isPendingSessionId(wanted) || /\.jsonl$/i.test(wanted);
}

/**
 * Finds the newest session for `last`, or a session by a prefix of its id or title, ignoring case.
 *
 * @throws {CcrunError} `usage` if the sessions cannot be read
 */
export async function resolveSession(
  wanted: string,
  location: ConfigLocation,
): Promise<SessionMatch> {
  const workspace = await findSessionFiles(location);
  if (wanted === "last") return await findLast(workspace);
  const byId = await findByIdPrefix(wanted, workspace);
  if (byId.length > 0) return matchOf(byId);
  return findByTitle(wanted, await readSessions(workspace));
}

async function findLast({ files, cwd }: WorkspaceFiles): Promise<SessionMatch> {
  for (const file of files) {
    const session = await readSession(file, cwd, { stopAtPrompt: true });
    if (session !== undefined) return { status: "found", id: session.id };
  }
  return { status: "no_session" };
}

async function findByIdPrefix(
  wanted: string,
  { files, cwd }: WorkspaceFiles,
): Promise<Session[]> {
  if (wanted.length < MIN_PREFIX_LENGTH || !/^[0-9a-f][0-9a-f-]*$/i.test(wanted)) return [];
  const prefix = wanted.toLowerCase();
  const matching = files.filter(({ id }) => id.toLowerCase().startsWith(prefix));
  return await readSessions({ files: matching, cwd }, { stopAtPrompt: true });
}

function findByTitle(wanted: string, sessions: readonly Session[]): SessionMatch {
  const name = normalizeTitle(wanted);
  const titled = sessions.flatMap((session) =>
    session.title === undefined ? [] : [{ session, title: normalizeTitle(session.title) }]
  );
  const exact = titled.filter(({ title }) => title === name);
  if (exact.length > 0) return matchOf(exact.map(({ session }) => session));
  if (name.length < MIN_PREFIX_LENGTH) return { status: "prefix_too_short" };
  const matching = titled.filter(({ title }) => title.startsWith(name));
  if (matching.length > 0) return matchOf(matching.map(({ session }) => session));
  const nearest = nearestName(name, titled.map(({ title }) => title));
  const similar = titled.find(({ title }) => title === nearest);
  return { status: "unknown", similarTitle: similar?.session.title };
}

function normalizeTitle(title: string): string {
  return title.normalize("NFC").toLowerCase().trim();
}

function matchOf(sessions: readonly Session[]): SessionMatch {
  const [first] = sessions;
  return first !== undefined && sessions.length === 1
    ? { status: "found", id: first.id }
    : { status: "ambiguous", sessions };
}

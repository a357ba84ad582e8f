/**
 * Finds a session by its id, title, or prompt.
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

/** Returns whether a session can be named by a text as the start of its id. */
export function isIdPrefix(text: string): boolean {
  return text.length >= MIN_PREFIX_LENGTH && /^[0-9a-f][0-9a-f-]*$/i.test(text);
}

/**
 * Returns whether Claude Code resolves a value itself: a complete id, which it also finds in the
 * worktrees of the workspace, a file, or the id of a session that does not exist yet.
 */
export function isResolvedByClaude(wanted: string): boolean {
  return isSessionId(wanted) || isPendingSessionId(wanted) || isSessionFile(wanted);
}

/** Returns whether a value names the file of a session, which Claude Code reads from any place. */
export function isSessionFile(wanted: string): boolean {
  return /\.jsonl$/i.test(wanted);
}

/**
 * Finds the newest session for `last`, or a session by a prefix of its id, or by the start of its
 * title or prompt, ignoring case.
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
  return findByText(wanted, await readSessions(workspace));
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
  if (!isIdPrefix(wanted)) return [];
  const prefix = wanted.toLowerCase();
  const matching = files.filter(({ id }) => id.toLowerCase().startsWith(prefix));
  return await readSessions({ files: matching, cwd }, { stopAtPrompt: true });
}

function findByText(wanted: string, sessions: readonly Session[]): SessionMatch {
  const text = comparable(wanted);
  const shown = sessions.map((session) => ({ session, text: comparable(shownText(session)) }));
  const exact = shown.filter((other) => other.text === text);
  if (exact.length > 0) return matchOf(exact.map(({ session }) => session));
  if (text.length < MIN_PREFIX_LENGTH) return { status: "prefix_too_short" };
  const matching = shown.filter((other) => other.text.startsWith(text));
  if (matching.length > 0) return matchOf(matching.map(({ session }) => session));
  const nearest = nearestName(text, shown.map((other) => other.text));
  const similar = shown.find((other) => other.text === nearest);
  return { status: "unknown", similarTitle: similar && shownText(similar.session) };
}

/** Returns the text with which `ccrun sessions` lists a session. */
function shownText({ title, prompt }: Session): string {
  return title ?? prompt;
}

/** Normalizes a text for a comparison, without the ellipsis that ends a truncated one. */
function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim().replace(/…$/, "");
}

function matchOf(sessions: readonly Session[]): SessionMatch {
  const [first] = sessions;
  return first !== undefined && sessions.length === 1
    ? { status: "found", id: first.id }
    : { status: "ambiguous", sessions };
}

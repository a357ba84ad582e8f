import { resolve } from "@std/path/resolve";
import type { ConfigLocation } from "../claude/config_directory.ts";
import type { Session } from "../claude/sessions/list.ts";
import {
  isResolvedByClaude,
  isSessionFile,
  MIN_PREFIX_LENGTH,
  resolveSession,
  type SessionMatch,
} from "../claude/sessions/resolve.ts";
import { workspaceProblem } from "../run/workspace.ts";
import { describeReadError } from "../util/file_errors.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { truncate } from "../util/truncate.ts";
import { formatLocalMinute } from "../util/units.ts";
import { usageError } from "./usage_error.ts";

/**
 * Returns the id or file of the session that `--resume` names.
 *
 * @param baseDirectory the directory that the path of a file starts from
 * @throws {CcrunError} `usage` if there is none, or more than one
 */
export async function resumedSessionId(
  wanted: string,
  location: ConfigLocation,
  baseDirectory = location.cwd,
): Promise<string> {
  if (isSessionFile(wanted)) return await existingFile(resolve(baseDirectory, wanted));
  if (isResolvedByClaude(wanted)) return wanted;
  const problem = await workspaceProblem(location.cwd);
  if (problem !== undefined) throw problem;
  const match = await resolveSession(wanted, location);
  if (match.status === "found") return match.id;
  const { message, hint } = explainMismatch(match, wanted, location.cwd);
  throw usageError(`cannot resume ${message}`, hint);
}

/** Returns a path. Without the file, some versions of claude start a new session. */
async function existingFile(path: string): Promise<string> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new Error("it is not a regular file");
    return path;
  } catch (error) {
    throw usageError(
      `cannot resume ${path}: ${describeReadError(error)}`,
      "name another file, or a session: ccrun sessions",
    );
  }
}

/** How much of a prompt or title an error message repeats. */
const MAX_SHOWN_LENGTH = 40;

/** How many sessions an error message lists. */
const MAX_LISTED_SESSIONS = 5;

/** Returns why a name does not name exactly one session, and what to do. */
export function explainMismatch(
  match: Exclude<SessionMatch, { status: "found" }>,
  wanted: string,
  cwd: string,
): { message: string; hint: string } {
  const shown = truncate(wanted, MAX_SHOWN_LENGTH);
  const name = /\s/.test(shown) ? JSON.stringify(shown) : shown;
  const listHint = `see: ccrun sessions --cwd ${shellQuote(cwd)}`;
  switch (match.status) {
    case "no_session":
      return {
        message: `the last session: the workspace ${cwd} has no session yet`,
        hint: "name the workspace with --cwd, or start a session: ccrun PROMPT",
      };
    case "prefix_too_short":
      return {
        message: `${name}: the start of an id or title needs ${MIN_PREFIX_LENGTH} characters`,
        hint: listHint,
      };
    case "unknown": {
      const { similarTitle } = match;
      const suggestion = similarTitle && `did you mean ${JSON.stringify(similarTitle)}? `;
      return {
        message: `${name}: the workspace ${cwd} has no session with this id, title, or prompt`,
        hint: `${suggestion ?? ""}${listHint}`,
      };
    }
    case "ambiguous":
      return {
        message: `${name}: it matches ${match.sessions.length} sessions`,
        hint: `use an id: ${describeSessions(match.sessions)}`,
      };
  }
}

function describeSessions(sessions: readonly Session[]): string {
  const listed = sessions.slice(0, MAX_LISTED_SESSIONS).map(({ id, updated, prompt }) => {
    const shown = JSON.stringify(truncate(prompt, MAX_SHOWN_LENGTH));
    return `${id} (${formatLocalMinute(updated)}, ${shown})`;
  });
  const more = sessions.length - listed.length;
  return [...listed, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

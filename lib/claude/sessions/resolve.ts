/**
 * The sessions of a workspace, as Claude Code keeps them, and which of them is meant.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { describeReadError, osErrorMessage } from "../../util/file_errors.ts";
import { CcrunError } from "../../errors.ts";
import { truncate } from "../../util/truncate.ts";
import { readSessionFile, type ReadSessionOptions, type SessionRecord } from "./transcript.ts";
import {
  isSessionId,
  pooledMap,
  projectFolderName,
  type SessionFile,
  sessionFiles,
  type SessionsOptions,
} from "./store.ts";
import { shellQuote } from "../../util/shell_quote.ts";
import { isPendingSessionId } from "../session_id.ts";

/** A session that claude keeps. */
export interface Session {
  /** Its id, for `--resume`. */
  readonly id: string;
  /** When it was last written, as RFC 3339. */
  readonly updated: string;
  /**
   * The prompts and tool results in it: what the turns of its runs come to. A branch has those of what it
   * was branched off, too. Null for a file that is too large to be counted.
   */
  readonly turns: number | null;
  /** How its first prompt begins, on one line. */
  readonly prompt: string;
  /** What the person called it, or claude did. */
  readonly title?: string;
}

/** A session's file, and what is in it. */
type Found = SessionFile & SessionRecord;

/**
 * Lists the sessions of a workspace, newest first.
 *
 * @throws {CcrunError} `usage` when the workspace or its sessions cannot be read
 */
export async function listSessions(options: SessionsOptions): Promise<Session[]> {
  const { files, isOwn } = await look(options);
  const read = await pooledMap(files, (file) => readFound(file));
  const found = read.filter((session) => session !== undefined);
  const summaries = new Map(found.flatMap((session) => [...session.summaries]));
  return found.filter(isOwn).map(({ id, updatedMs, turns, prompt, title, leaf }) => {
    const name = title ?? summaries.get(leaf ?? "");
    const updated = new Date(updatedMs).toISOString();
    return { id, updated, turns, prompt, ...(name === undefined ? {} : { title: name }) };
  });
}

async function readFound(
  file: SessionFile,
  options?: ReadSessionOptions,
): Promise<Found | undefined> {
  const record = await readSessionFile(file.path, options);
  return record === undefined ? undefined : { ...file, ...record };
}

interface Look {
  /** The files that may be sessions, newest first. */
  readonly files: readonly SessionFile[];
  /** Whether what was found is of this workspace, and not of one whose folder has the same name. */
  isOwn(found: Found): boolean;
}

async function look({ cwd, env }: SessionsOptions): Promise<Look> {
  const real = await realPath(cwd); // as claude sees it
  const folder = projectFolderName(real);
  try {
    return {
      files: await sessionFiles({ cwd: real, env }),
      isOwn: (found) =>
        found.cwd === undefined || found.cwd === real || projectFolderName(found.cwd) !== folder,
    };
  } catch (error) {
    if (error instanceof CcrunError) throw error;
    throw new CcrunError(
      "usage",
      `cannot read claude's sessions of ${real}: ${osErrorMessage(error)}`,
      "look at the permissions of ~/.claude/projects, or of what CLAUDE_CONFIG_DIR names",
    );
  }
}

async function realPath(cwd: string): Promise<string> {
  try {
    const real = await Deno.realPath(cwd);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? `the workspace ${cwd} does not exist`
      : `the workspace ${cwd} cannot be read: ${describeReadError(error)}`;
    throw new CcrunError("usage", why, DIRECTORY_HINT);
  }
  throw new CcrunError("usage", `the workspace ${cwd} is not a directory`, DIRECTORY_HINT);
}

const DIRECTORY_HINT = "name an existing directory with --cwd";

/** Fewer characters are too easily the beginning of another one. */
const SHORTEST_BEGINNING = 4;

/** Stands for the newest one. */
const LAST = "last";

/**
 * Finds the session that is meant: by its id, the beginning of it (4 characters or more),
 * its title (without regard to case, or the beginning of it), or as `last`. What claude itself must
 * know is given back as it is: a whole id, a `.jsonl` file, and an id that stands for no session yet.
 *
 * @returns its id
 * @throws {CcrunError} `usage` when there is none, or there are several
 */
export async function resolveSession(
  wanted: string,
  options: SessionsOptions,
): Promise<string> {
  if (isSessionId(wanted) || isPendingSessionId(wanted) || /\.jsonl$/i.test(wanted)) return wanted;
  const { files, isOwn } = await look(options);
  if (wanted === LAST) {
    for (const file of files) {
      const found = await readFound(file, { isBrief: true });
      if (found !== undefined && isOwn(found)) return file.id;
    }
    throw new CcrunError(
      "usage",
      `--resume ${LAST}: the workspace ${options.cwd} has no session yet`,
      "leave it out to begin one, or name the workspace with --cwd",
    );
  }
  const byId = await withBeginning(wanted, files);
  const candidates = byId.filter(isOwn);
  if (candidates.length > 0) {
    return only(
      wanted,
      candidates.map(({ id, updatedMs, prompt }) => {
        return { id, updated: new Date(updatedMs).toISOString(), prompt };
      }),
    );
  }
  return byTitle(wanted, await listSessions(options), options.cwd);
}

async function withBeginning(wanted: string, files: readonly SessionFile[]): Promise<Found[]> {
  if (wanted.length < SHORTEST_BEGINNING || !/^[0-9a-f][0-9a-f-]*$/i.test(wanted)) return [];
  const beginning = wanted.toLowerCase();
  const fitting = files.filter(({ id }) => id.toLowerCase().startsWith(beginning));
  const found = await pooledMap(fitting, (file) => readFound(file, { isBrief: true }));
  return found.filter((session) => session !== undefined);
}

function byTitle(wanted: string, sessions: readonly Session[], cwd: string): string {
  const see = `see: ccrun sessions --cwd ${shellQuote(cwd)}`;
  const name = comparable(wanted);
  const titled = sessions.filter(({ title }) => title !== undefined);
  const titleOf = ({ title = "" }: Session) => comparable(title);
  const exact = titled.filter((session) => titleOf(session) === name);
  if (exact.length > 0) return only(wanted, exact);
  if (name.length < SHORTEST_BEGINNING) {
    throw new CcrunError(
      "usage",
      `--resume ${wanted}: the beginning of an id or a title takes ${SHORTEST_BEGINNING} characters or more`,
      see,
    );
  }
  const beginning = titled.filter((session) => titleOf(session).startsWith(name));
  if (beginning.length > 0) return only(wanted, beginning);
  throw new CcrunError(
    "usage",
    `--resume ${
      truncate(wanted, SHOWN_LENGTH)
    }: the workspace ${cwd} has no session with such an id or title`,
    [...nearestTitle(name, titled), see].join(" "),
  );
}

function comparable(title: string): string {
  return title.normalize("NFC").toLowerCase().trim();
}

/** How much is shown of a prompt or title in an error. */
const SHOWN_LENGTH = 40;

/** The title that was probably meant, in a hint; nothing where there is none. */
function nearestTitle(name: string, titled: readonly Session[]): string[] {
  const titles = new Map(titled.map(({ title = "" }) => [comparable(title), title]));
  if (titles.size === 0 || name.length > 2 * SHOWN_LENGTH) return [];
  const nearest = closestString(name, [...titles.keys()]);
  const half = Math.max(name.length, nearest.length) / 2;
  if (levenshteinDistance(name, nearest) > half) return [];
  return [`did you mean ${JSON.stringify(titles.get(nearest))}?`];
}

/** How many of several an error names. */
const MOST_NAMED = 5;

/** The only one, or an error that tells them apart. */
function only(
  wanted: string,
  sessions: readonly Pick<Session, "id" | "updated" | "prompt">[],
): string {
  const [first] = sessions;
  if (first !== undefined && sessions.length === 1) return first.id;
  const named = sessions.slice(0, MOST_NAMED).map(({ id, updated, prompt }) =>
    `${id} (${localMinute(updated)}, ${JSON.stringify(truncate(prompt, SHOWN_LENGTH))})`
  );
  if (sessions.length > MOST_NAMED) named.push(`${sessions.length - MOST_NAMED} more`);
  throw new CcrunError(
    "usage",
    `--resume ${truncate(wanted, SHOWN_LENGTH)} can be any of ${sessions.length} sessions`,
    `name one by its id: ${named.join("; ")}`,
  );
}

/**
 * A time as a person reads it, by the clock of this machine.
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
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())];
  return `${day.join("-")} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

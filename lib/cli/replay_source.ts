import { resolve } from "@std/path/resolve";
import type { ConfigLocation } from "../claude/config_directory.ts";
import { isIdPrefix, resolveSession, type SessionMatch } from "../claude/sessions/resolve.ts";
import { findTranscripts } from "../claude/sessions/transcript_path.ts";
import { isTranscriptEntry } from "../claude/transcript/entries.ts";
import type { CcrunError } from "../errors.ts";
import { workspaceProblem } from "../run/workspace.ts";
import { GrowingFile } from "../stream/growing_file.ts";
import { GrowingLines } from "../stream/growing_lines.ts";
import { describeReadError } from "../util/file_errors.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { parseJsonObject } from "../util/json.ts";
import { getWorkspace, type Options } from "./command_line.ts";
import type { HostInfo } from "./host.ts";
import { explainMismatch } from "./resume.ts";
import { usageError } from "./usage_error.ts";

/** What `ccrun replay` renders. */
export type ReplaySource =
  | { readonly kind: "stdin" }
  /** The transcript of a stored session. */
  | { readonly kind: "session"; readonly path: string }
  /** Another recording, or a pipe with one. */
  | { readonly kind: "recording" | "pipe"; readonly path: string };

/** How to replay a session of another workspace. */
const ALL_SESSIONS = "use an id from: ccrun sessions --all";

/** Sources that are no paths, for hints. */
const SOURCES = "name a recording, a session such as last, or - for stdin";

/**
 * Finds what to replay: stdin, a file, or else the session that is the last one, or has an id, a title or
 * a prompt.
 *
 * @throws {CcrunError} `usage` if there is nothing to replay, or more than one session
 */
export async function findReplaySource(
  positionals: readonly string[],
  options: Options,
  host: HostInfo,
): Promise<ReplaySource> {
  const [source = "-", ...more] = positionals;
  if (more.length > 0) {
    throw usageError(
      `ccrun replay takes one source, not ${positionals.length}`,
      "quote a title that has blanks; see: ccrun help replay",
    );
  }
  if (source === "-") {
    if (positionals.length === 0 && host.isTerminal.stdin) {
      throw usageError("no recording given", SOURCES);
    }
    return { kind: "stdin" };
  }
  if (source.trim() === "") {
    throw usageError("the source is empty", `${SOURCES}; if it is a variable, it may be unset`);
  }
  const path = resolve(host.cwd, source);
  const info = await Deno.stat(path).catch(() => undefined);
  // A folder can have the name of a session.
  const canBeSession = !looksLikePath(source) && (info === undefined || info.isDirectory);
  if (!canBeSession) return await openableFile(path, source);
  try {
    return { kind: "session", path: await findSession(source, options, host) };
  } catch (error) {
    if (info === undefined) throw error;
    return await openableFile(path, source);
  }
}

function looksLikePath(source: string): boolean {
  return /[/\\]|\.jsonl?$/i.test(source);
}

/** Returns the kind of a file. @throws {CcrunError} `usage` if it cannot be read */
async function openableFile(path: string, source: string): Promise<ReplaySource> {
  try {
    const { isDirectory, isFile, isCharDevice } = await Deno.stat(path);
    if (isDirectory) throw new Deno.errors.IsADirectory(source);
    // A device such as /dev/zero has no end.
    if (isCharDevice) throw new Error("it is a device");
    if (!isFile) return { kind: "pipe", path };
    return { kind: await isTranscript(path) ? "session" : "recording", path };
  } catch (error) {
    throw usageError(`cannot read ${source}: ${describeReadError(error)}`, SOURCES);
  }
}

/** How many lines can precede the first one that shows whether a file is a transcript. */
const MAX_LINES_BEFORE_ENTRY = 10;

/** Returns whether the beginning of a file shows that it is a transcript. */
async function isTranscript(path: string): Promise<boolean> {
  using lines = new GrowingLines(await GrowingFile.open(path));
  let count = 0;
  for await (const line of lines.read()) {
    const entry = parseJsonObject(line);
    if (typeof entry?.["type"] === "string") return isTranscriptEntry(entry);
    if (++count === MAX_LINES_BEFORE_ENTRY) return false;
  }
  const rest = parseJsonObject(lines.end() ?? "");
  return rest !== undefined && isTranscriptEntry(rest);
}

/** Returns the transcript of a session. @throws {CcrunError} `usage` if there is not exactly one */
async function findSession(wanted: string, options: Options, host: HostInfo): Promise<string> {
  const location = {
    cwd: getWorkspace(options, host.cwd),
    env: host.env,
    home: await homeDirectory(host.env),
  };
  const problem = await workspaceProblem(location.cwd);
  if (problem !== undefined) throw problem;
  const match = await resolveSession(wanted, location);
  if (match.status === "found") return await transcriptOf(match.id, location);
  // Another workspace can have a session with this id, but its titles mean something else.
  if (match.status !== "ambiguous" && isIdPrefix(wanted)) {
    const [other, ...more] = await findTranscripts(wanted, location);
    if (more.length > 0) {
      throw usageError(
        `cannot replay ${wanted}: it matches ${more.length + 1} sessions`,
        "use more of the id; see: ccrun sessions --all",
      );
    }
    if (other !== undefined) return other;
  }
  throw mismatchError(match, wanted, location.cwd);
}

function mismatchError(
  match: Exclude<SessionMatch, { status: "found" }>,
  wanted: string,
  cwd: string,
): CcrunError {
  const { message, hint } = explainMismatch(match, wanted, cwd);
  switch (match.status) {
    case "no_session":
      return usageError(`cannot replay ${message}`, ALL_SESSIONS);
    case "unknown":
      return usageError(
        `cannot replay ${message}, and there is no such file`,
        match.similarTitle === undefined ? ALL_SESSIONS : hint,
      );
    default:
      return usageError(`cannot replay ${message}`, hint);
  }
}

async function transcriptOf(id: string, location: ConfigLocation): Promise<string> {
  const [path] = await findTranscripts(id, location);
  if (path !== undefined) return path;
  throw usageError(`cannot replay ${id}: its transcript was removed`, "see: ccrun sessions");
}

/**
 * Finds out whether a claude works on a session. Since version 2.1, each one keeps a file while it runs.
 *
 * @module
 */

import { resolve } from "@std/path/resolve";
import { readBoundedTextFile } from "../../util/bounded_file.ts";
import { type JsonObject, parseJsonObject } from "../../util/json.ts";
import { type ProcessStarts, processStarts } from "../../util/process_starts.ts";
import { configDirectory, type ConfigLocation } from "../config_directory.ts";
import { getString } from "../json_fields.ts";

/** Whether a claude works on a session, or waits for input in it. */
export type SessionActivity = "running" | "ended" | "unknown";

/** The file of a process is named after it. */
const FILE_NAME = /^([1-9]\d{0,9})\.json$/;

/** The file has less than a kilobyte. */
const MAX_FILE_BYTES = 256 * 1024;

/** There is one file for each claude, and for each one that was killed. */
const MAX_FILES = 1_000;

/** A process that has, or had, a session. */
interface SessionProcess {
  readonly pid: number;
  /** When it started, in the format of {@linkcode processStarts}. */
  readonly start: string | undefined;
  /** Where its id is valid, in the format of {@linkcode processStarts}. */
  readonly domain: string | undefined;
}

/**
 * Returns whether a claude runs for a session.
 *
 * @returns "unknown" if it may run on another machine or in another container, and if only versions were used
 * that keep no files
 */
export async function findRunningClaude(
  sessionId: string,
  location: ConfigLocation,
): Promise<SessionActivity> {
  const root = configDirectory(location);
  if (root === undefined) return "unknown";
  const folder = resolve(root, "sessions");
  const names = await namesIn(folder);
  if (names === undefined) return "unknown";
  const found: SessionProcess[] = [];
  for (const name of names) {
    const process = await readSessionProcess(resolve(folder, name), sessionId);
    if (process !== undefined) found.push(process);
  }
  if (found.length === 0) return "ended";
  const starts = await processStarts(found.map(({ pid }) => pid));
  if (starts === undefined) return "unknown";
  const activities = found.map((process) => activityOf(process, starts));
  if (activities.includes("running")) return "running";
  return activities.includes("unknown") ? "unknown" : "ended";
}

function activityOf(
  { pid, start, domain }: SessionProcess,
  { domain: ownDomain, starts }: ProcessStarts,
): SessionActivity {
  if (domain !== undefined && domain !== ownDomain) return "unknown";
  const currentStart = starts.get(pid);
  if (currentStart === undefined) return "ended";
  // Another process can have the id of one that was killed.
  return start === undefined || start === currentStart ? "running" : "ended";
}

/** Returns the names of the files; undefined if there is no folder, or it cannot be read. */
async function namesIn(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (FILE_NAME.test(name) && names.length < MAX_FILES) names.push(name);
    }
  } catch {
    return undefined;
  }
  return names;
}

/** Reads the file of a process; returns undefined if the process has another session. */
async function readSessionProcess(
  path: string,
  sessionId: string,
): Promise<SessionProcess | undefined> {
  const text = await readBoundedTextFile(path, MAX_FILE_BYTES).catch(() => "");
  const record: JsonObject = parseJsonObject(text) ?? {};
  if (getString(record, "sessionId") !== sessionId) return undefined;
  const [, pid] = FILE_NAME.exec(path.slice(path.lastIndexOf("/") + 1)) ?? [];
  return {
    pid: Number(pid),
    start: getString(record, "procStart"),
    domain: getString(record, "pidDomain"),
  };
}

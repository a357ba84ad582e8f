/**
 * Where Claude Code keeps the sessions of a workspace. Seen on versions 2.0.25,
 * 2.1.197 and 2.1.330.
 *
 * @module
 */

import { resolve } from "@std/path";
import { CcrunError } from "../../errors.ts";
import { homeDirectory } from "../../util/home_directory.ts";
import type { Env } from "../../util/env.ts";

/** Whose sessions are wanted. */
export interface SessionsOptions {
  /** The workspace, absolute. */
  readonly cwd: string;
  /** The environment that claude gets: HOME, CLAUDE_CONFIG_DIR. */
  readonly env: Env;
}

/** A file that may hold a session: what is known of it without reading it. */
export interface SessionFile {
  /** The session's id. */
  readonly id: string;
  /** Where it is. */
  readonly path: string;
  /** When it was last written, in milliseconds. */
  readonly updatedMs: number;
}

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether it is a session's whole id: a UUID. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

/** A longer name is cut here, and a hash of the path is put behind it. */
const LONGEST_NAME = 200;

/** What a file system takes for a name. Versions before 2.1 cut none. */
const LONGEST_FILE_NAME = 255;

/** The hash that claude puts behind a name that it cut: 31 times what was there, plus the next unit. */
function hashOf(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return Math.abs(hash).toString(36);
}

/**
 * The name of the folder in which claude keeps the sessions of a directory. Several
 * directories can have the same: everything but ASCII letters and digits is a dash there.
 *
 * @example
 * ```ts
 * import { projectFolderName } from "./store.ts";
 *
 * console.log(projectFolderName("/home/me/my_app.v2")); // -home-me-my-app-v2
 * ```
 */
export function projectFolderName(directory: string): string {
  const name = dashed(directory);
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}-${hashOf(directory)}`;
}

function dashed(directory: string): string {
  return directory.replace(/[^a-zA-Z0-9]/g, "-");
}

/** The name that 2.1.330 takes from the environment, where a config directory is set, too. */
function givenName(env: SessionsOptions["env"]): string | undefined {
  const name = env["CLAUDE_CODE_PROJECT_DIR_NAME"] ?? "";
  return env["CLAUDE_CONFIG_DIR"] && /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}

/** Where claude keeps everything of the user's. */
async function configFolder({ cwd, env }: SessionsOptions): Promise<string> {
  // An empty one is the workspace for claude, too.
  const given = env["CLAUDE_CONFIG_DIR"];
  if (given !== undefined) return resolve(cwd, given);
  const home = await homeDirectory(env);
  if (home !== undefined) return resolve(cwd, home, ".claude");
  throw new CcrunError(
    "usage",
    "HOME is not set, and the system knows no home of this user: claude's sessions cannot be found",
    "export HOME=/path/to/home, or name the folder that has them with CLAUDE_CONFIG_DIR",
  );
}

/**
 * The folders that can have sessions of a workspace, whether they are there or not.
 *
 * @param options the workspace as claude sees it: without symbolic links
 * @throws {CcrunError} `usage` where there is no telling
 */
export async function sessionFolders(options: SessionsOptions): Promise<string[]> {
  const { cwd, env } = options;
  const config = await configFolder(options);
  const names = [givenName(env), projectFolderName(cwd), projectFolderName(cwd.normalize("NFC"))];
  const whole = dashed(cwd);
  if (whole.length <= LONGEST_FILE_NAME) names.push(whole);
  return [...new Set(names)].flatMap((name) =>
    name === undefined ? [] : [resolve(config, "projects", name)]
  );
}

/** How many files are looked at or read at a time: enough to keep a disk busy. */
const AT_A_TIME = 16;

/** Does something with each of many things, a few at a time, and keeps their order. */
export async function pooledMap<T, R>(
  things: readonly T[],
  act: (thing: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(things.length);
  const rest = things.entries();
  const work = async () => {
    for (const [at, thing] of rest) results[at] = await act(thing);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, things.length) }, work));
  return results;
}

/**
 * The files that may hold sessions of a workspace, newest first.
 *
 * @param options the workspace as claude sees it: without symbolic links
 * @throws {CcrunError} `usage` where there is no telling which folders these are
 * @throws what the OS says of a folder that cannot be read; one that is not there has none
 */
export async function sessionFiles(options: SessionsOptions): Promise<SessionFile[]> {
  const paths = new Map<string, string>();
  for (const folder of await sessionFolders(options)) {
    for (const name of await namesIn(folder)) {
      const id = name.endsWith(".jsonl") ? name.slice(0, -".jsonl".length) : "";
      // Sub-agents have files there, too: agent-*.jsonl.
      if (isSessionId(id)) paths.set(resolve(folder, name), id);
    }
  }
  const files = await pooledMap([...paths], async ([path, id]) => {
    const info = await Deno.stat(path).catch(() => undefined); // gone since, or out of reach
    // To open something else, as a FIFO, could take for ever.
    if (!info?.isFile || info.size === 0) return undefined;
    return { id, path, updatedMs: info.mtime?.getTime() ?? 0 };
  });
  const newestFirst = files.filter((file) => file !== undefined)
    .sort((one, other) => other.updatedMs - one.updatedMs || (one.id < other.id ? -1 : 1));
  const seen = new Set<string>();
  return newestFirst.filter(({ id }) => !seen.has(id) && seen.add(id));
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}

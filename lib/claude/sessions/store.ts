/**
 * Where Claude Code keeps the sessions of a workspace.
 *
 * @module
 */

import { resolve } from "@std/path/resolve";
import { CcrunError } from "../../errors.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { mapAhead } from "../../util/map_ahead.ts";
import { configDirectory, type ConfigLocation } from "../config_directory.ts";
import { isSessionId } from "../session_id.ts";

/** A file that can contain a session. */
export interface SessionFile {
  /** The id of the session. */
  readonly id: string;
  readonly path: string;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly updatedMs: number;
  /** When it was created; of a copied file, and if that is not known, when it was last changed. */
  readonly createdMs: number;
}

/** The files that can contain sessions of a workspace. */
export interface WorkspaceFiles {
  /** The workspace without symbolic links, as Claude Code sees it. */
  readonly cwd: string;
  /** The files, newest first. */
  readonly files: readonly SessionFile[];
}

/** Longer names are truncated, and a hash of the path is appended. */
const MAX_NAME_LENGTH = 200;

/**
 * Returns the name of the folder in which Claude Code keeps the sessions of a directory. Several
 * directories can share one, because everything but ASCII letters and digits becomes a dash.
 *
 * @example
 * ```ts
 * import { projectFolderName } from "./store.ts";
 *
 * console.log(projectFolderName("/home/me/my_app.v2")); // -home-me-my-app-v2
 * ```
 */
export function projectFolderName(directory: string): string {
  const name = directory.replace(/[^a-zA-Z0-9]/g, "-");
  if (name.length <= MAX_NAME_LENGTH) return name;
  return `${name.slice(0, MAX_NAME_LENGTH)}-${hashOf(directory)}`;
}

/** Returns the hash that Claude Code uses: 31 times the previous value, plus the next UTF-16 unit. */
function hashOf(text: string): string {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (hash * 31 + text.charCodeAt(index)) | 0;
  }
  return Math.abs(hash).toString(36);
}

/**
 * Returns the folders that can contain sessions of a workspace. They need not exist.
 *
 * @param location the workspace without symbolic links, as Claude Code sees it
 * @throws {CcrunError} `usage` if neither CLAUDE_CONFIG_DIR nor the home directory is known
 */
export function sessionFolders(location: ConfigLocation): string[] {
  const { cwd, env } = location;
  const directory = configRoot(location);
  const names = [projectFolderName(cwd), projectFolderName(cwd.normalize("NFC"))];
  const override = overrideName(env);
  if (override !== undefined) names.unshift(override);
  return [...new Set(names)].map((name) => resolve(directory, "projects", name));
}

/** Returns the directory of Claude Code. @throws {CcrunError} `usage` if it is not known */
function configRoot(location: ConfigLocation): string {
  const directory = configDirectory(location);
  if (directory !== undefined) return directory;
  throw new CcrunError(
    "usage",
    "cannot find the sessions: HOME is not set, and the system does not know it",
    "export HOME=/path/to/home, or set CLAUDE_CONFIG_DIR to the directory that has them",
  );
}

/** Returns the folder name that newer versions take from the environment. */
function overrideName(env: ConfigLocation["env"]): string | undefined {
  const name = env["CLAUDE_CODE_PROJECT_DIR_NAME"] ?? "";
  return env["CLAUDE_CONFIG_DIR"] && /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}

/** How many files are read at a time. */
export const MAX_OPEN_FILES = 16;

/**
 * Finds the files that can contain sessions of a workspace.
 *
 * @throws {CcrunError} `usage` if a folder of sessions cannot be read, or its place is not known
 */
export async function findSessionFiles(location: ConfigLocation): Promise<WorkspaceFiles> {
  const cwd = await Deno.realPath(location.cwd);
  const folders = sessionFolders({ ...location, cwd });
  try {
    return { cwd, files: await readFolders(folders) };
  } catch (error) {
    throw unreadable(`the sessions of ${cwd}`, error);
  }
}

function unreadable(sessions: string, error: unknown): CcrunError {
  return new CcrunError(
    "usage",
    `cannot read ${sessions}: ${osErrorMessage(error)}`,
    "check the permissions of ~/.claude/projects, or of the directory in CLAUDE_CONFIG_DIR",
  );
}

/**
 * Finds the files that can contain sessions of any workspace, newest first. Folders that cannot be read
 * are skipped.
 *
 * @param onSkip receives the path of a folder that is skipped, and why
 * @throws {CcrunError} `usage` if the folder of all workspaces cannot be read, or its place is not known
 */
export async function findAllSessionFiles(
  location: ConfigLocation,
  onSkip: (path: string, error: unknown) => void,
): Promise<SessionFile[]> {
  const projects = resolve(configRoot(location), "projects");
  const names = await entryNames(projects).catch((error) => {
    throw unreadable(`the sessions in ${projects}`, error);
  });
  const found = mapAhead(names, MAX_OPEN_FILES, async (name): Promise<[string, SessionFile[]]> => {
    const path = resolve(projects, name);
    try {
      // A folder can also be a link to another one.
      const folder = await Deno.realPath(path);
      return [folder, await filesIn(folder)];
    } catch (error) {
      // A file beside the folders is none of Claude Code's.
      if (!(error instanceof Deno.errors.NotADirectory)) onSkip(path, error);
      return [path, []];
    }
  });
  const byFolder = new Map(await Array.fromAsync(found));
  return [...byFolder.values()].flat().sort(compareNewestFirst);
}

/** Returns the session files in folders, newest first. */
async function readFolders(folders: readonly string[]): Promise<SessionFile[]> {
  const files = (await Array.fromAsync(folders, filesIn)).flat().sort(compareNewestFirst);
  const byId = new Map<string, SessionFile>();
  for (const file of files) if (!byId.has(file.id)) byId.set(file.id, file);
  return [...byId.values()];
}

/** Returns the session files in a folder. */
async function filesIn(folder: string): Promise<SessionFile[]> {
  const found: SessionFile[] = [];
  const names = await entryNames(folder);
  await Array.fromAsync(mapAhead(names, MAX_OPEN_FILES, async (name) => {
    const id = name.endsWith(".jsonl") ? name.slice(0, -".jsonl".length) : "";
    // Subagents have files there, too: agent-*.jsonl.
    if (!isSessionId(id)) return;
    const path = resolve(folder, name);
    const info = await Deno.stat(path).catch(() => undefined);
    // Opening something else, for example a FIFO, could block.
    if (!info?.isFile || info.size === 0) return;
    const updatedMs = info.mtime?.getTime() ?? 0;
    const createdMs = Math.min(info.birthtime?.getTime() ?? Infinity, updatedMs);
    found.push({ id, path, updatedMs, createdMs });
  }));
  return found;
}

function compareNewestFirst(one: SessionFile, other: SessionFile): number {
  return other.updatedMs - one.updatedMs || (one.id < other.id ? -1 : 1);
}

/** Returns the names in a folder; none if the folder does not exist. */
export async function entryNames(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Returns whether a file has content. A run that was killed can leave an empty one. */
export async function hasContent(path: string): Promise<boolean> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isFile === true && info.size > 0;
}

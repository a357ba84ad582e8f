import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";

/** A configuration file without which Claude Code does not start. */
export interface BrokenConfig {
  readonly path: string;
  /** A copy from the time when the file was valid. */
  readonly backup?: string;
}

const BROKEN_FILE =
  /^[ \t]*(?:Configuration error in (?<path>\/.{1,1000}?): |Claude configuration file at (?<old>\/.{1,1000}?) is corrupted\b)/m;

/** The names of the file. Advice about another file could make the reader destroy it. */
const FILE_NAME = /^\.(?:claude(?:-[\w-]+)?|config)\.json$/;

const BACKUP_FILE = /^[ \t]*A backup file exists at: (?<path>\/.{1,1000})$/m;

/**
 * Returns the configuration file that Claude Code cannot parse, judging by what it writes. Its reason is
 * left out, because it can quote the file.
 *
 * @example
 * ```ts
 * import { findBrokenConfig } from "./broken_config.ts";
 *
 * const text = "Configuration error in /home/ada/.claude.json: JSON Parse error: Expected '}'";
 * console.log(findBrokenConfig(text)?.path); // /home/ada/.claude.json
 * ```
 */
export function findBrokenConfig(text: string): BrokenConfig | undefined {
  const { path, old } = BROKEN_FILE.exec(text)?.groups ?? {};
  const file = path ?? old;
  if (file === undefined || !FILE_NAME.test(basename(file))) return undefined;
  const backup = BACKUP_FILE.exec(text)?.groups?.["path"];
  return { path: file, ...(backup !== undefined && isBackupOf(file, backup) && { backup }) };
}

/** Returns whether a path is where Claude Code keeps the backups of a configuration file. */
function isBackupOf(file: string, backup: string): boolean {
  const directory = dirname(file);
  const places = [directory, `${directory}/backups`, `${directory}/.claude/backups`];
  return places.includes(dirname(backup)) && basename(backup).startsWith(`${basename(file)}.`);
}

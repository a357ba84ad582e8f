/** A configuration file without which Claude Code does not start. */
export interface BrokenConfig {
  readonly path: string;
  /** A copy from the time when the file was valid. */
  readonly backup?: string;
}

const BROKEN_FILE =
  /^[ \t]*(?:Configuration error in (?<path>\/.{1,1000}?): |Claude configuration file at (?<old>\/.{1,1000}?) is corrupted\b)/m;

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
  if (file === undefined) return undefined;
  const backup = BACKUP_FILE.exec(text)?.groups?.["path"];
  return { path: file, ...(backup !== undefined && { backup }) };
}

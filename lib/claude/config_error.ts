/** What claude writes about a configuration file that it cannot parse, up to the reason. */
const REASON =
  /^([ \t]*(?:Configuration error in \/.{1,1000}?|Claude configuration file at \/.{1,1000}? is corrupted): ).+$/gm;

/**
 * Replaces the reason why claude cannot parse its configuration file, because it quotes the file.
 *
 * @example
 * ```ts
 * import { hideConfigContent } from "./config_error.ts";
 *
 * const text = 'Configuration error in /home/ada/.claude.json: Unexpected identifier "hunter2"';
 * console.log(hideConfigContent(text)); // Configuration error in /home/ada/.claude.json: invalid JSON
 * ```
 */
export function hideConfigContent(text: string): string {
  return text.replace(REASON, "$1invalid JSON");
}

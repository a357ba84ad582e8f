/** What makes Claude Code say its version, and nothing else. */
export const VERSION_OPTION = "--version";

/** Whether a program is Claude Code, by what it says of its version: `2.1.197 (Claude Code)`. */
export function isClaudeVersion(said: string): boolean {
  return said.includes("(Claude Code)");
}

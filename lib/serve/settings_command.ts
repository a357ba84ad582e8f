/** The commands of Claude Code that write settings, which apply to all conversations. */
const SETTINGS_COMMAND =
  /^\s*\/(?:auto-mode-setup|autocompact|config|mcp|output-style|settings)(?:\s|$)/i;

/**
 * Returns whether a prompt is a command of Claude Code that changes its settings, for example the
 * permission mode of all conversations.
 *
 * @example
 * ```ts
 * import { isSettingsCommand } from "./settings_command.ts";
 *
 * console.log(isSettingsCommand("/config permissionMode=auto")); // true
 * console.log(isSettingsCommand("/compact")); // false
 * ```
 */
export function isSettingsCommand(prompt: string): boolean {
  return SETTINGS_COMMAND.test(prompt);
}

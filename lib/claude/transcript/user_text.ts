/**
 * The texts in user messages of a transcript, which can come from the user or from Claude Code.
 *
 * @module
 */

import { userNote } from "../user_notes.ts";
import { truncate } from "../../util/truncate.ts";

/** How much of a prompt or title is kept. */
const PREVIEW_LENGTH = 200;

/** How much of a text is searched for a prompt or title. */
const SCAN_LENGTH = 10 * PREVIEW_LENGTH;

/** Returns the start of a text on one line. */
export function preview(text: string): string {
  return truncate(text.slice(0, SCAN_LENGTH).replace(/\s+/g, " ").trim(), PREVIEW_LENGTH);
}

/** What a user wrote. */
export interface UserText {
  /** What the user asked for. */
  readonly prompt?: string;
  /** A slash command without arguments, which is not a request. */
  readonly command?: string;
}

const COMMAND = /<command-name>([^<]*)<\/command-name>/;
const COMMAND_ARGUMENTS = /<command-args>([^]*?)<\/command-args>/;
const SHELL_COMMAND = /^\s*<bash-input>([^]*?)<\/bash-input>/;

/** Starts a text that Claude Code wrote: the output of a command, a reminder, a notification. */
const SYNTHETIC = new RegExp(
  "^(?:Stop hook feedback:|<(?:local-command-\\w+|bash-std\\w+|system-reminder|task-notification|" +
    "user-memory-input|ide_\\w+|session-start-hook|user-prompt-submit-hook)\\b)",
);

/** Finds what the user wrote in a text of a user message. */
export function readUserText(text: string): UserText {
  const start = text.slice(0, SCAN_LENGTH);
  const name = COMMAND.exec(start)?.[1]?.trim().replace(/^\//, "");
  if (name !== undefined) {
    const command = `/${name} ${COMMAND_ARGUMENTS.exec(start)?.[1] ?? ""}`.trim();
    return command.includes(" ") ? { prompt: command } : { command };
  }
  const shell = SHELL_COMMAND.exec(start)?.[1];
  if (shell !== undefined) return { prompt: `! ${shell}` };
  const trimmed = start.trim();
  const isPrompt = trimmed !== "" && !SYNTHETIC.test(trimmed) &&
    userNote(trimmed) !== "interruption";
  return isPrompt ? { prompt: start } : {};
}

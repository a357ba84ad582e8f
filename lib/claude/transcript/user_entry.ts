import type { JsonObject } from "../../util/json.ts";
import { userNote } from "../user_notes.ts";
import { textOf } from "./entries.ts";
import { isTaskNotification } from "./notifications.ts";
import { readUserText } from "./user_text.ts";

/** What an entry in the place of the user is. Claude Code writes texts there, too. */
export type UserEntry =
  /** A text for the model, which no stream contains. */
  | { readonly kind: "hidden" }
  /** The end of a background task, which starts a turn. */
  | { readonly kind: "task_notification"; readonly text: string }
  /** The output of a slash command, or what old versions write in its place if the command is unknown. */
  | { readonly kind: "command_output" | "unknown_command"; readonly text: string }
  /** The summary that replaces a compacted conversation. */
  | { readonly kind: "compaction" }
  /** Another text for the model. */
  | { readonly kind: "note" }
  /** A prompt of the user, which starts a turn. A slash command is written differently than it was typed. */
  | { readonly kind: "prompt"; readonly command?: string }
  /** Another text that Claude Code wrote, or none. */
  | { readonly kind: "other" };

const HIDDEN =
  /^(?:<local-command-caveat>|Caveat: The messages below |<system-reminder>|Continue from where you left off\.$)/;

const COMMAND_OUTPUT = /^<local-command-std(?:out|err)>([^]*)<\/local-command-std(?:out|err)>/;

const UNKNOWN_COMMAND = /^Unknown slash command: /;

/** Returns what a user entry without the result of a tool is. */
export function readUserEntry(entry: JsonObject): UserEntry {
  const text = textOf(entry);
  if (HIDDEN.test(text)) return { kind: "hidden" };
  if (isTaskNotification(text)) return { kind: "task_notification", text };
  if (COMMAND_OUTPUT.test(text)) return { kind: "command_output", text };
  if (UNKNOWN_COMMAND.test(text)) return { kind: "unknown_command", text };
  const note = userNote(text);
  if (entry["isCompactSummary"] === true || note === "compaction") return { kind: "compaction" };
  if (note !== undefined || entry["isMeta"] === true) return { kind: "note" };
  const { prompt, command } = readUserText(text);
  if (prompt === undefined) {
    return command === undefined ? { kind: "other" } : { kind: "prompt", command };
  }
  // What the user typed is longer than the preview, unless it is a command with arguments.
  return text.startsWith(prompt) ? { kind: "prompt" } : { kind: "prompt", command: prompt };
}

/** Returns the text in the output of a slash command; undefined if a text is none. */
export function commandOutput(text: string): string | undefined {
  return COMMAND_OUTPUT.exec(text)?.[1];
}

/** A text that Claude Code adds to the user's side of a conversation. */
export type UserNote = "compaction" | "continuation" | "interruption";

/** How the notes begin. */
const BEGINNINGS: readonly (readonly [note: UserNote, beginning: string])[] = [
  ["compaction", "This session is being continued from a previous conversation"],
  ["continuation", "Output token limit hit."],
  ["continuation", "Your response above was cut off"],
  ["interruption", "[Request interrupted by user"],
];

/**
 * Returns which note of Claude Code a user text is: the summary that replaces a compacted conversation, the
 * request to continue a message that was cut off, or the report of an interruption.
 *
 * @returns undefined if it is none of them
 *
 * @example
 * ```ts
 * import { userNote } from "./user_notes.ts";
 *
 * console.log(userNote("[Request interrupted by user]")); // interruption
 * ```
 */
export function userNote(text: string): UserNote | undefined {
  return BEGINNINGS.find(([, beginning]) => text.startsWith(beginning))?.[0];
}

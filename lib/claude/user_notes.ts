/**
 * The texts that Claude Code adds to the user's side of a conversation.
 *
 * @module
 */

/** The text that Claude Code adds after an interruption. */
const INTERRUPTION_PREFIX = "[Request interrupted by user";

/** The beginnings of the texts that ask the model to continue in the middle of a sentence. */
const CONTINUATION_PREFIXES = ["Output token limit hit.", "Your response above was cut off"];

/** Returns whether a user text asks the model to continue a text that was cut off. */
export function asksToContinue(text: string): boolean {
  return CONTINUATION_PREFIXES.some((prefix) => text.startsWith(prefix));
}

/** Returns whether a user text reports that the run was interrupted. */
export function reportsInterruption(text: string): boolean {
  return text.startsWith(INTERRUPTION_PREFIX);
}

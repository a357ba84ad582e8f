import { nearestName } from "../util/nearest_name.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { CommandLine } from "./command_line.ts";
import { COMMANDS } from "./commands.ts";
import { usageError } from "./usage_error.ts";

/**
 * Rejects a prompt that is one word and nearly the name of a command, because a run costs money.
 *
 * @throws {CcrunError} `usage`
 */
export function rejectMistypedCommand({ positionals }: CommandLine): void {
  const words = positionals.filter((word) => word !== "-");
  const [word = ""] = words;
  if (words.length !== 1) return;
  const command = nearestName(word.toLowerCase(), COMMANDS);
  if (command === undefined) return;
  throw usageError(
    word === command
      ? `the command ${command} must be the first argument`
      : `unknown command ${word}`,
    `did you mean ccrun ${command}? To send the word as a prompt: ccrun run ${shellQuote(word)}`,
  );
}

import { nearestName } from "../util/nearest_name.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { CommandLine } from "./command_line.ts";
import { COMMANDS, HELP_TOPICS, SHELLS } from "./commands.ts";
import { usageError } from "./usage_error.ts";

/** The words that can follow the name of a command. */
const COMMAND_ARGUMENTS: readonly string[] = [...SHELLS, ...COMMANDS, ...HELP_TOPICS];

/**
 * Rejects a prompt that is nearly the name of a command, because a run costs money. It is a single
 * word, or one with the argument of a command, as in `completion bash`.
 *
 * @throws {CcrunError} `usage`
 */
export function rejectMistypedCommand({ positionals }: CommandLine): void {
  const words = positionals.filter((word) => word !== "-");
  const [word, argument, ...others] = words;
  if (word === undefined || others.length > 0) return;
  if (argument !== undefined && !COMMAND_ARGUMENTS.includes(argument)) return;
  const command = nearestName(word.toLowerCase(), COMMANDS);
  if (command === undefined) return;
  throw usageError(
    word === command
      ? `the command ${command} must be the first argument`
      : `unknown command ${word}`,
    `did you mean ccrun ${[command, ...words.slice(1)].join(" ")}? ` +
      `To send it as a prompt: ccrun run ${words.map(shellQuote).join(" ")}`,
  );
}

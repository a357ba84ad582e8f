import type { CommandLine } from "../command_line.ts";
import { COMMANDS, HELP_TOPICS } from "../commands.ts";
import { fullHelp, shortHelp, topicText, versionText } from "../help.ts";
import type { HostInfo } from "../host.ts";
import { usageError } from "../usage_error.ts";

/** Returns what `--version`, `-h` or `--help` prints. */
export function infoText({ command, options }: CommandLine): string {
  if (options.has("version")) return versionText();
  return options.get("help")?.source === "-h" ? shortHelp(command) : fullHelp(command);
}

/**
 * Returns what `ccrun help` prints.
 *
 * @throws {CcrunError} `usage` unless the arguments are one command or topic, or none
 */
export function helpText(names: readonly string[], { isTerminal }: HostInfo): string {
  const [name = "run"] = names;
  const command = COMMANDS.find((command) => command === name);
  const topic = HELP_TOPICS.find((topic) => topic === name);
  if (names.length <= 1 && command !== undefined) return fullHelp(command);
  if (names.length <= 1 && topic !== undefined) {
    return topicText(topic, { markdown: !isTerminal.stdout });
  }
  throw usageError(
    `no help on ${names.join(" ")}`,
    `use one of ${[...COMMANDS, ...HELP_TOPICS].join(", ")}; ` +
      "to send it as a prompt: ccrun run help ...",
  );
}

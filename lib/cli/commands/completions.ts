import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { type Shell, SHELLS } from "../commands.ts";
import { usageError } from "../usage_error.ts";
import { zshCompletions } from "../completions/zsh.ts";

const COMPLETIONS: { readonly [S in Shell]: () => string } = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/**
 * Returns what `ccrun completions SHELL` prints: the script that completes ccrun in a shell.
 *
 * @throws {CcrunError} `usage` if the arguments are not exactly one known shell
 */
export function completionsText(shells: readonly string[]): string {
  const shell = SHELLS.find((name) => name === shells[0]);
  if (shell !== undefined && shells.length === 1) return COMPLETIONS[shell]();
  throw usageError(
    shells.length === 1 ? `no completions for ${shells[0]}` : "ccrun completions needs one shell",
    `use one of ${SHELLS.join(", ")}`,
  );
}

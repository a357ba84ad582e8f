import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { type Shell, SHELLS } from "../options.ts";
import { usageError } from "../usage_error.ts";
import { zshCompletions } from "../completions/zsh.ts";

const COMPLETIONS: { readonly [S in Shell]: () => string } = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/**
 * `ccrun completions SHELL`: the script that makes a shell complete ccrun's command line.
 *
 * @throws {CcrunError} `usage` unless there is one shell, and one that is known
 */
export function completionsText(shells: readonly string[]): string {
  const shell = SHELLS.find((name) => name === shells[0]);
  if (shell !== undefined && shells.length === 1) return COMPLETIONS[shell]();
  throw usageError(
    shells.length === 1
      ? `there are no completions for ${shells[0]}`
      : "ccrun completions takes the name of one shell",
    `name one of ${SHELLS.join(", ")}, as: ccrun completions ${SHELLS[0]}`,
  );
}

/**
 * A pseudo terminal, into which a test can type.
 *
 * @module
 */

import { type CcrunOptions, type RunningCcrun, startShellCcrun } from "../support/ccrun.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { Needs } from "../support/test_with.ts";

/** Options for {@linkcode inTerminal}. */
export interface TerminalOptions extends Omit<CcrunOptions, "sandbox" | "stdin"> {
  /** @default {80} */
  readonly columns?: number;
  /** Whether NO_COLOR is unset. @default {true} */
  readonly color?: boolean;
  /**
   * Who runs the script: a bash that reads it from a file, the leader of the session itself, or an
   * interactive bash, which then reads what is typed.
   *
   * @default {"script"}
   */
  readonly as?: "script" | "leader" | "interactive";
}

/** The program `script` of util-linux creates the terminal. The one of macOS has other options. */
export const TERMINAL: Needs = {
  commands: ["script", "stty"],
  unless: Deno.build.os === "linux" ? undefined : "only util-linux has this script",
};

const SHELLS = {
  script: (file: string) => `exec bash '${file}'`,
  leader: (file: string) => `. '${file}'`,
  interactive: (file: string) => `exec bash --noprofile --rcfile '${file}' -i`,
} as const;

/**
 * Starts a bash script in a terminal. Its output is the stdout of the returned process, and text that
 * is written to that process is typed.
 *
 * @example
 * ```ts
 * await using terminal = await inTerminal(scene, "ccrun hi");
 * await terminal.write("\x03"); // Ctrl-C
 * ```
 */
export async function inTerminal(
  { sandbox }: { readonly sandbox: Sandbox },
  script: string,
  { columns = 80, color = true, as = "script", env = {}, ...options }: TerminalOptions = {},
): Promise<RunningCcrun> {
  const file = `${sandbox.root}/in-terminal.sh`;
  await Deno.writeTextFile(file, `stty cols ${columns} rows 24\n${script}\n`);
  return await startShellCcrun(`exec script -qec "${SHELLS[as](file)}" /dev/null`, {
    ...options,
    sandbox,
    stdin: "open",
    env: { TERM: "xterm-256color", ...(color ? {} : { NO_COLOR: "1" }), ...env },
  });
}

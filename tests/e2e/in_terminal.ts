/**
 * A terminal for tests: a pseudo terminal, into which a test can type.
 *
 * @module
 */

import { type CcrunOptions, type RunningCcrun, startShellCcrun } from "../support/ccrun.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { Needs } from "../support/test_with.ts";

/** What a script in a terminal is told. */
export interface TerminalOptions extends Omit<CcrunOptions, "sandbox" | "stdin"> {
  /** @default {80} */
  readonly columns?: number;
  /** Whether programs may colour what they write. @default {true} */
  readonly color?: boolean;
  /**
   * What runs there: a script that bash reads from a file, a command in bash's place as the session's
   * leader, or an interactive bash, which reads what is typed.
   *
   * @default {"script"}
   */
  readonly as?: "script" | "leader" | "interactive";
}

/** util-linux's `script` gives a command a terminal; macOS has another one of that name. */
export const TERMINAL: Needs = {
  commands: ["script", "stty"],
  unless: Deno.build.os === "linux" ? undefined : "only util-linux's script is known here",
};

const SHELLS = {
  script: (file: string) => `exec bash '${file}'`,
  leader: (file: string) => `. '${file}'`,
  interactive: (file: string) => `exec bash --noprofile --rcfile '${file}' -i`,
} as const;

/**
 * Runs a bash script in a terminal: what it writes there is the stdout of this process, and what is
 * written to this process is typed.
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

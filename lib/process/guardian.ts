import type { Env } from "../util/env.ts";
import { SYSTEM_PATH } from "../util/run_shell.ts";
import GUARDIAN_SCRIPT from "./guardian.sh" with { type: "text" };
import { RUN_TOKEN_VARIABLE } from "./run_token.ts";
import { ShellGuardian } from "./shell_guardian.ts";

/** A process that a run left behind. */
export interface LeftoverProcess {
  readonly pid: number;
  /** The beginning of its command line, which is untrusted text. */
  readonly command: string;
  /** Whether it still runs, because it was kept or SIGKILL did not end it. */
  readonly stays: boolean;
}

/** Options for {@linkcode startGuardian}. */
export interface GuardianOptions {
  /** The token that the run's processes carry. */
  readonly token: string;
  /** The environment that provides PATH and the tokens of outer runs. */
  readonly env: Env;
  /** The grace period if this program dies, in milliseconds. */
  readonly graceMs: number;
  /** Sends SIGINT to the program inside a PID namespace instead of the child. @default {false} */
  readonly signalsInnerProcess?: boolean;
  /** How processes are listed. @default {"proc" on Linux, otherwise "ps"} */
  readonly source?: "proc" | "ps";
  /** The shell and its first arguments. @default {["/bin/sh"]} */
  readonly shell?: readonly [string, ...string[]];
  /** The PATH of the script. @default {"/usr/bin:/bin, then the PATH of the environment"} */
  readonly path?: string;
}

/** A helper process that finds all processes of a run, and stops them even if this program dies. */
export interface Guardian {
  /** Whether the guardian has died or failed, so that it cannot stop anything. */
  readonly hasDied: boolean;
  /** Sets the child whose descendants are the run's processes, and scans for them from now on. */
  guard(pid: number): void;
  /** Sets a directory that is removed if this program dies. */
  removeAtDeath(directory: string): void;
  /** Records the run's current processes. */
  scan(): Promise<void>;
  /** Suspends all processes of the run. Resolves when they are suspended. */
  suspend(): Promise<void>;
  /** Resumes all processes of the run. */
  resume(): Promise<void>;
  /** Lists the run's processes and lets them run. The guardian exits. */
  listLeftovers(): Promise<readonly LeftoverProcess[]>;
  /**
   * Stops the child, if it runs, and then its leftovers. Kills what remains after the grace period.
   * The guardian exits.
   *
   * @param graceMs in milliseconds. A further call with 0 ends the grace period of the first one.
   * @param isAsked whether the child has received SIGINT already. @default {false}
   * @returns the processes that outlived the child
   */
  end(graceMs: number, isAsked?: boolean): Promise<readonly LeftoverProcess[]>;
}

/**
 * Starts a guardian. This must happen before the child starts, so that the child is never unguarded.
 *
 * @returns undefined if there is no shell
 */
export function startGuardian(options: GuardianOptions): Guardian | undefined {
  try {
    return new ShellGuardian(spawnScript(options));
  } catch {
    return undefined;
  }
}

function spawnScript(options: GuardianOptions): Deno.ChildProcess {
  const { token, env, graceMs, signalsInnerProcess = false } = options;
  const { source = Deno.build.os === "linux" ? "proc" : "ps" } = options;
  const { shell: [shell, ...shellArgs] = ["/bin/sh"] } = options;
  const outerTokens = env[RUN_TOKEN_VARIABLE];
  return new Deno.Command(shell, {
    // The script is not in argv, where `pkill -f` with an everyday word would match it.
    args: [...shellArgs, "-c", 's=$G; unset G; eval "$s"', "ccrun-guardian"],
    env: {
      G: GUARDIAN_SCRIPT,
      TOKEN: token,
      SOURCE: source,
      GRACE: String(graceMs / 1000),
      SIGNAL_TARGET: signalsInnerProcess ? "inner" : "root",
      PATH: options.path ?? `${SYSTEM_PATH}:${env["PATH"] ?? ""}`,
      // An outer run stops this guardian together with its own processes.
      ...(outerTokens === undefined ? {} : { [RUN_TOKEN_VARIABLE]: outerTokens }),
    },
    clearEnv: true,
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
}

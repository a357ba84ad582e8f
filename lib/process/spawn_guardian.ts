import type { Env } from "../util/env.ts";
import { systemPathFirst } from "../util/run_shell.ts";
import FIND_MEMBERS from "./find_members.awk" with { type: "text" };
import { secondsField } from "./guardian_order.ts";
import GUARDIAN from "./guardian.sh" with { type: "text" };
import PROCESSES from "./processes.sh" with { type: "text" };
import { RUN_TOKEN_VARIABLE } from "./run_token.ts";

/** Options for {@linkcode spawnGuardian}. */
export interface SpawnGuardianOptions {
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

/** Starts a shell that runs guardian.sh and expects the token on its stdin. */
export function spawnGuardian(options: SpawnGuardianOptions): Deno.ChildProcess {
  const { env, graceMs, signalsInnerProcess = false } = options;
  const { source = Deno.build.os === "linux" ? "proc" : "ps" } = options;
  const { shell: [shell, ...shellArgs] = ["/bin/sh"] } = options;
  const outerTokens = env[RUN_TOKEN_VARIABLE];
  return new Deno.Command(shell, {
    // The script is not in argv, where `pkill -f` with an everyday word would match it.
    args: [...shellArgs, "-c", 's=$G; unset G; eval "$s"', "ccrun-guardian"],
    env: {
      G: PROCESSES + GUARDIAN,
      FIND_MEMBERS,
      SOURCE: source,
      GRACE: secondsField(graceMs),
      SIGNAL_TARGET: signalsInnerProcess ? "inner" : "root",
      PATH: options.path ?? systemPathFirst(env),
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

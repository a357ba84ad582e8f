import { RUN_TOKEN_VARIABLE } from "./run_token.ts";
import type { Env } from "../util/env.ts";

/** Options of {@linkcode spawnHelper}. */
export interface HelperOptions {
  /** What it is called in a list of processes. */
  readonly name: string;
  /** The script. */
  readonly script: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The environment from which it has its PATH, and the outer runs. */
  readonly env: Env;
  /** The PATH. @default {"the system's, and then the environment's"} */
  readonly path?: string | undefined;
  /** The shell and its first arguments. @default {["/bin/sh"]} */
  readonly shell?: readonly [string, ...string[]] | undefined;
  /** Where its stdout goes. */
  readonly stdout: "piped" | "inherit";
  /** Where its stderr goes. */
  readonly stderr: "piped" | "null";
}

/**
 * Starts a shell script that helps the program from aside: with next to nothing of its environment,
 * its stdin a pipe that ends with the program, and in a group and session of its own, so that it can
 * be killed as one and is out of a terminal's reach.
 *
 * @returns undefined where there is no shell
 */
export function spawnHelper(options: HelperOptions): Deno.ChildProcess | undefined {
  const { name, script, args, env, stdout, stderr } = options;
  const [shell, ...first] = options.shell ?? ["/bin/sh"];
  const outer = env[RUN_TOKEN_VARIABLE];
  try {
    return new Deno.Command(shell, {
      args: [...first, "-c", script, name, ...args],
      env: {
        PATH: options.path ?? `/usr/bin:/bin:${env["PATH"] ?? ""}`,
        // So that an outer run ends it, too.
        ...(outer === undefined ? {} : { [RUN_TOKEN_VARIABLE]: outer }),
      },
      clearEnv: true,
      cwd: "/",
      stdin: "piped",
      stdout,
      stderr,
      detached: true,
    }).spawn();
  } catch {
    return undefined;
  }
}

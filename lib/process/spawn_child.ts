import { CcrunError } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { osErrorMessage } from "../util/file_errors.ts";

/** Options for {@linkcode spawnChild}. */
export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Env;
  readonly cwd: string;
  /** The command that isolates the child, as `isolationCommand` returns it. @default not isolated */
  readonly isolation?: readonly [string, ...string[]] | undefined;
}

/**
 * Starts a process with pipes, in a process group and session of its own.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export function spawnChild(options: SpawnOptions): Deno.ChildProcess {
  const { command, args, env, cwd, isolation } = options;
  const [program, ...rest] = isolation === undefined
    ? [command, ...args] as const
    : [...isolation, command, ...args] as const;
  try {
    return new Deno.Command(program, {
      args: rest,
      env: { ...env },
      clearEnv: true,
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: Deno.build.os !== "windows",
    }).spawn();
  } catch (error) {
    throw startFailure(command, error);
  }
}

function startFailure(command: string, error: unknown): CcrunError {
  const reason = error instanceof Deno.errors.NotFound
    ? "its interpreter does not exist"
    : osErrorMessage(error).replace(/^Failed to spawn '.*': /, "");
  return new CcrunError(
    "not_executable",
    `cannot run ${command}: ${reason}`,
    "check that the file is a program for this machine and that its interpreter exists",
    { cause: error },
  );
}

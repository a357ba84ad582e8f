import { CcrunError } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { osErrorMessage } from "../util/file_errors.ts";
import { interpreterOf } from "../util/interpreter.ts";

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
 * @throws {Deno.errors.NotCapable} if Deno does not let this program run it
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
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw startFailure(command, cwd, error);
  }
}

function startFailure(command: string, cwd: string, error: unknown): CcrunError {
  const [reason, hint] = error instanceof Deno.errors.NotFound
    ? missingFile(command, cwd)
    : otherReason(error);
  return new CcrunError("not_executable", `cannot run ${command}: ${reason}`, hint, {
    cause: error,
  });
}

/** Returns why the OS cannot start an existing file, and what to do about it. */
function otherReason(error: unknown): readonly [reason: string, hint: string] {
  const reason = osErrorMessage(error).replace(/^Failed to spawn '.*': /, "");
  if (/too many open files/i.test(reason)) return [reason, "raise the limit: ulimit -n 1024"];
  return error instanceof Deno.errors.PermissionDenied
    ? [reason, "check its permissions, and that its file system is not mounted with noexec"]
    : [reason, "check that the file is a program for this machine"];
}

/** Returns which file the OS did not find, and what to do about it. */
function missingFile(command: string, cwd: string): readonly [reason: string, hint: string] {
  if (!exists(cwd)) return [`the directory ${cwd} does not exist`, "check --cwd"];
  if (!exists(command)) return ["it does not exist", "check --claude and CCRUN_CLAUDE"];
  const interpreter = interpreterOf(command);
  if (interpreter === undefined) {
    return [
      "its program loader does not exist",
      "install the build for this machine's C library: glibc, or musl on Alpine Linux",
    ];
  }
  const bare = interpreter.trimEnd();
  return bare === interpreter
    ? [`its interpreter ${bare} does not exist`, `install ${bare}, or correct its first line`]
    : ["its first line ends with a carriage return", "save the file with Unix line endings"];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

import { fstatSync } from "node:fs";
import { CcrunError } from "../errors.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { Env } from "../util/env.ts";
import { processEnv } from "../util/process_env.ts";

/** What ccrun finds when it starts: environment, directory, and standard streams. */
export interface HostInfo {
  readonly env: Env;
  /** The current directory as an absolute path. */
  readonly cwd: string;
  /** Which standard streams are terminals. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Whether stdin is a device such as /dev/null. */
  readonly stdinIsDevice: boolean;
  /** Whether stdout is a regular file. */
  readonly stdoutIsFile: boolean;
  /** Whether a write to a full stdout fails instead of waiting; known when a command starts. */
  readonly stdoutIsNonBlocking?: boolean;
  /** Whether stdout and stderr go to the same place, as with `2>&1`. */
  readonly stdoutAndStderrShareTarget: boolean;
  /** Returns the width of the terminal, or undefined without one. */
  columns(): number | undefined;
}

/** Options for {@linkcode inspectHost}. */
export interface InspectHostOptions {
  /** Whether to guess what cannot be read. @default {false} */
  readonly isLenient?: boolean;
}

/** Inspects the host. @throws {CcrunError} `usage` if the current directory cannot be read */
export function inspectHost({ isLenient = false }: InspectHostOptions = {}): HostInfo {
  const env = isLenient ? attempt(processEnv) ?? {} : processEnv();
  // Deno has no function for the status of a standard stream.
  const [stdin, stdout, stderr] = [0, 1, 2].map((fd) => attempt(() => fstatSync(fd)));
  return {
    env,
    cwd: isLenient ? attempt(Deno.cwd) ?? (env["PWD"] || "/") : currentDirectory(),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    },
    stdinIsDevice: stdin?.isCharacterDevice() ?? false,
    stdoutIsFile: stdout?.isFile() ?? false,
    stdoutAndStderrShareTarget: stdout !== undefined && stdout.ino !== 0 &&
      stdout.ino === stderr?.ino && stdout.dev === stderr.dev,
    columns: () => attempt(() => Deno.consoleSize().columns),
  };
}

/** Returns the value of a function, or undefined if the function throws. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch (error) {
    // The directory was removed, or its name is not UTF-8.
    throw new CcrunError(
      "usage",
      `cannot use the current directory: ${describeReadError(error)}`,
      "change to another directory and try again",
    );
  }
}

import type { StandardStreams } from "../process/inherited_state.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { Env } from "../util/env.ts";
import { processEnv } from "../util/process_env.ts";
import { usageError } from "./usage_error.ts";

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
  /** What the standard streams are; known when a command starts. */
  readonly streams?: StandardStreams;
  /** Returns the width of the terminal, or undefined without one. */
  columns(): number | undefined;
  /** Returns its height, or undefined without one. */
  rows(): number | undefined;
}

/** Options for {@linkcode inspectHost}. */
export interface InspectHostOptions {
  /** Whether to guess what cannot be read. @default {false} */
  readonly isLenient?: boolean;
}

/** Inspects the host. @throws {CcrunError} `usage` if the current directory cannot be read */
export function inspectHost({ isLenient = false }: InspectHostOptions = {}): HostInfo {
  const env = isLenient ? attempt(processEnv) ?? {} : processEnv();
  return {
    env,
    cwd: isLenient ? attempt(Deno.cwd) ?? (env["PWD"] || "/") : currentDirectory(),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    },
    columns: () => attempt(() => Deno.consoleSize().columns),
    rows: () => attempt(() => Deno.consoleSize().rows),
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
    throw usageError(
      `cannot use the current directory: ${describeReadError(error)}`,
      "change to another directory and try again",
    );
  }
}

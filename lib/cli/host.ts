import { describeReadError } from "../util/file_errors.ts";
import { CcrunError } from "../errors.ts";
import type { OutputStreams } from "../process/inherited_state.ts";
import type { Env } from "../util/env.ts";

/**
 * What ccrun finds at its edge: the environment, the terminals, the standard
 * streams. It is looked at once, here, and handed down.
 */
export interface HostInfo {
  /** The environment. */
  readonly env: Env;
  /** The current directory, absolute. */
  readonly cwd: string;
  /** Which standard streams are terminals. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Whether stdout goes to a file, where it is not looked at by anybody. */
  stdoutIsFile(): Promise<boolean>;
  /** Whether stdout and stderr go to one place, as with `2>&1`. */
  streamsAreOne(): Promise<boolean>;
  /** The terminal's width, where there is one. */
  columns(): number | undefined;
}

/** Their file descriptors. */
const [STDOUT, STDERR] = [1, 2];

/** What a stream is; undefined when it was never open. Deno itself cannot tell without all permissions. */
async function statOf(descriptor: number) {
  // It takes 20 ms and more to load. Only CI asks, where nobody has looked at them before.
  const { fstatSync } = await import("node:fs");
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/**
 * Looks at the edge.
 *
 * @param isDoctor for who is to find out what is wrong, what cannot be looked at is left out
 * @throws {CcrunError} `usage` when there is no telling where it is
 */
export function inspectHost(isDoctor = false): HostInfo {
  const env = isDoctor ? allowedEnvironment() : Deno.env.toObject();
  return {
    env,
    cwd: isDoctor ? supposedDirectory(env) : currentDirectory(),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    },
    async stdoutIsFile() {
      return (await statOf(STDOUT))?.isFile() ?? false;
    },
    async streamsAreOne() {
      const [out, err] = [await statOf(STDOUT), await statOf(STDERR)];
      return out !== undefined && out.ino === err?.ino && out.dev === err.dev && out.ino !== 0;
    },
    columns() {
      try {
        return Deno.consoleSize().columns;
      } catch {
        return undefined; // no terminal
      }
    },
  };
}

/** The same edge, when somebody has looked already at what its output goes to. */
export function withOutputStreams(edge: HostInfo, output: OutputStreams | undefined): HostInfo {
  if (output === undefined) return edge;
  return {
    ...edge,
    stdoutIsFile: () => Promise.resolve(output.stdoutIsFile),
    streamsAreOne: () => Promise.resolve(output.areOne),
  };
}

/** The environment, or an empty one where Deno does not let it be seen. */
function allowedEnvironment(): HostInfo["env"] {
  try {
    return Deno.env.toObject();
  } catch {
    return {};
  }
}

/** The current directory, or where the shell says that it is. */
function supposedDirectory(env: HostInfo["env"]): string {
  try {
    return Deno.cwd();
  } catch {
    return env["PWD"] || "/";
  }
}

function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch (error) {
    // It was removed, or its name is not UTF-8.
    const why = describeReadError(error);
    throw new CcrunError(
      "usage",
      `cannot work in the current directory: ${why}`,
      "go to another one and try again",
    );
  }
}

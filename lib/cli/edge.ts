import { CcrunError } from "../outcome.ts";

/**
 * What ccrun finds at its edge: the environment, the terminals, the standard
 * streams. It is looked at once, here, and handed down.
 */
export interface Edge {
  /** The environment. */
  readonly env: { readonly [name: string]: string };
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
  /** The terminal's width, where there is one. */
  columns(): number | undefined;
}

/** Its file descriptor. */
const STDOUT = 1;

/**
 * Looks at the edge.
 *
 * @param isDoctor for who is to find out what is wrong, what cannot be looked at is left out
 * @throws {CcrunError} `usage` when there is no telling where it is
 */
export function lookAtEdge(isDoctor = false): Edge {
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
      // Only few ask, and it takes a while to load. Deno itself cannot tell without all permissions.
      const { fstatSync } = await import("node:fs");
      try {
        return fstatSync(STDOUT).isFile();
      } catch {
        return false; // it was never open
      }
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

/** The environment, or an empty one where Deno does not let it be seen. */
function allowedEnvironment(): Edge["env"] {
  try {
    return Deno.env.toObject();
  } catch {
    return {};
  }
}

/** The current directory, or where the shell says that it is. */
function supposedDirectory(env: Edge["env"]): string {
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
    const why = error instanceof Error ? error.message : String(error);
    throw new CcrunError(
      "usage",
      `cannot work in the current directory: ${why}`,
      "go to another one and try again",
    );
  }
}

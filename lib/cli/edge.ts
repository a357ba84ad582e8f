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
  /** The terminal's width, where there is one. */
  columns(): number | undefined;
}

/**
 * Looks at the edge.
 *
 * @throws {CcrunError} `usage` when there is no telling where it is
 */
export function lookAtEdge(): Edge {
  return {
    env: Deno.env.toObject(),
    cwd: currentDirectory(),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
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

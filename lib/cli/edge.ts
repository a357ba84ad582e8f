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

/** Looks at the edge. */
export function lookAtEdge(): Edge {
  return {
    env: Deno.env.toObject(),
    cwd: Deno.cwd(),
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

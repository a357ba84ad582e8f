import type { Env } from "./env.ts";

/** How a shell script exited, and what it wrote. */
export interface ShellResult {
  readonly code: number;
  readonly output: string;
}

/** Options for {@linkcode runShell}. */
export interface RunShellOptions {
  /**
   * Whether the script has the stdin and stdout of this program. What it writes to stderr is returned
   * then. @default {false}
   */
  readonly sharesStreams?: boolean;
}

/** How long a script may run before it is terminated, in milliseconds. */
const TIMEOUT_MS = 5000;

/** The directories of the commands that every system has. */
export const SYSTEM_PATH = "/usr/bin:/bin";

/**
 * Returns a PATH with the directories of the system before those of the environment. Helper programs are
 * searched there. Relative directories are left out, because they could be in a hostile workspace.
 */
export function systemPathFirst(env: Env): string {
  const directories = (env["PATH"] ?? "").split(":").filter((path) => path.startsWith("/"));
  return [SYSTEM_PATH, ...directories].join(":");
}

/**
 * Runs a short script with `/bin/sh`. A shell can read files that Deno refuses to read without
 * all permissions, such as those of the parent process in /proc.
 *
 * @param env the whole environment of the script. PATH defaults to the system's directories
 * @param args the script's `$1` and further arguments
 * @returns undefined if there is no shell, as on Windows
 */
export async function runShell(
  script: string,
  env: Env = {},
  args: readonly string[] = [],
  { sharesStreams = false }: RunShellOptions = {},
): Promise<ShellResult | undefined> {
  try {
    const result = await new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", ...args],
      env: { PATH: SYSTEM_PATH, ...env, LC_ALL: "C" },
      clearEnv: true,
      stdin: sharesStreams ? "inherit" : "null",
      stdout: sharesStreams ? "inherit" : "piped",
      stderr: sharesStreams ? "piped" : "null",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    const output = sharesStreams ? result.stderr : result.stdout;
    return { code: result.code, output: new TextDecoder().decode(output) };
  } catch {
    return undefined;
  }
}

import type { Env } from "./env.ts";

/** How a shell script exited, and what it wrote to stdout. */
export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
}

/** How long a script may run before it is terminated, in milliseconds. */
const TIMEOUT_MS = 5000;

/** The directories of the commands that every system has. */
export const SYSTEM_PATH = "/usr/bin:/bin";

/** Returns a PATH with the directories of the system before those of the environment. */
export function systemPathFirst(env: Env): string {
  const path = env["PATH"];
  return path ? `${SYSTEM_PATH}:${path}` : SYSTEM_PATH;
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
): Promise<ShellResult | undefined> {
  try {
    const { code, stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", ...args],
      env: { PATH: SYSTEM_PATH, ...env, LC_ALL: "C" },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout) };
  } catch {
    return undefined;
  }
}

import type { Env } from "../util/env.ts";
import { runShell, systemPathFirst } from "../util/run_shell.ts";

/**
 * Runs a short script in /bin/sh and returns the lines that it wrote. A shell can ask the kernel what
 * Deno cannot, for example whether a directory on a read-only file system is writable.
 *
 * @returns an empty set if there is no shell
 */
export async function shellLines(
  script: string,
  env: Env,
  args: readonly string[] = [],
): Promise<ReadonlySet<string>> {
  const result = await runShell(script, { ...env, PATH: systemPathFirst(env) }, args);
  return new Set(result?.output.split("\n"));
}

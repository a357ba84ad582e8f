/** How long a program may take to say its version, in milliseconds. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Whether a program is Claude Code, as its `--version` says: `2.1.197 (Claude Code)`.
 *
 * @param path the program
 * @param env its environment
 * @param cwd the directory it runs in
 */
export async function isClaude(
  path: string,
  env: { readonly [name: string]: string },
  cwd: string,
): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command(path, {
      args: ["--version"],
      env: { ...env },
      clearEnv: true,
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    }).output();
    return new TextDecoder().decode(stdout).includes("Claude Code");
  } catch {
    return false;
  }
}

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
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  // What it started may hold the pipe open when it is gone.
  const tooLate = new Promise<undefined>((resolve) => {
    timeout.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    const output = new Deno.Command(path, {
      args: ["--version"],
      env: { ...env },
      clearEnv: true,
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: timeout,
    }).output();
    const answer = await Promise.race([output, tooLate]);
    return new TextDecoder().decode(answer?.stdout).includes("Claude Code");
  } catch {
    return false;
  }
}

import { SYSTEM_PATH } from "./run_shell.ts";

/**
 * Waits in the background until the pipe from this program ends. The signals that stop the program must not
 * stop it. Its parent exits at once, so that an outer run does not kill it together with this program.
 */
const SCRIPT = `exec 3<&0
{ trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU; read -r _ <&3; rm -rf -- "$1"; } &`;

/**
 * Starts a helper process that removes a directory when this program dies, even of SIGKILL. Without a
 * shell it does nothing.
 *
 * @param directory the absolute path; the directory may be created later
 * @returns a function that ends the helper
 */
export function removeAtDeath(directory: string): () => void {
  try {
    const helper = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT, "ccrun-cleanup", directory],
      env: { PATH: SYSTEM_PATH },
      clearEnv: true,
      cwd: "/",
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    helper.unref();
    return () => void helper.stdin.close().catch(() => {});
  } catch {
    return () => {};
  }
}

/**
 * Runs a script in a shell without an environment, and gives what it wrote. A shell may see what Deno
 * itself must not without all permissions, as what is in /proc of its parent.
 *
 * @throws what Deno throws where there is no /bin/sh
 */
export async function runShellScript(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", script],
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

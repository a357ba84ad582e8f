import { SANDBOX_PATH } from "./sandbox.ts";

/** Runs a shell script that prepares a test in a directory. Throws its stderr if a command fails. */
export async function runSetupScript(
  directory: string,
  script: string,
  args: readonly string[] = [],
): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-ec", script, "sh", ...args],
    cwd: directory,
    clearEnv: true,
    env: { PATH: SANDBOX_PATH },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

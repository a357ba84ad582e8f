import { SANDBOX_PATH } from "./sandbox.ts";

const SCRIPT = 'for name; do path=$(command -v "$name") && ln -s "$path" "$name"; done; :';

/**
 * Links programs of the system into a directory, for a PATH in which only some programs exist. A
 * program that this machine does not have is left out.
 */
export async function linkPrograms(directory: string, names: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-ec", SCRIPT, "sh", ...names],
    cwd: directory,
    clearEnv: true,
    env: { PATH: SANDBOX_PATH },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

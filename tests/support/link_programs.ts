import { runSetupScript } from "./setup_script.ts";

const SCRIPT = 'for name; do path=$(command -v "$name") && ln -s "$path" "$name"; done; :';

/**
 * Links programs of the system into a directory, for a PATH in which only some programs exist. A
 * program that this machine does not have is left out.
 */
export async function linkPrograms(directory: string, names: readonly string[]): Promise<void> {
  await runSetupScript(directory, SCRIPT, names);
}

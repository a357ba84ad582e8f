import { join } from "@std/path/join";
import { isMissing } from "./file_kinds.ts";

/**
 * Removes what has a path, if there is something. Links are removed, not followed. Directories that a
 * program has made read-only are removed, too.
 */
export async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (await isMissing(path)) return;
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    await makeWritable(path);
    await Deno.remove(path, { recursive: true });
  }
}

async function makeWritable(directory: string): Promise<void> {
  await Deno.chmod(directory, 0o700);
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) await makeWritable(join(directory, name));
  }
}

/** A name that no folder has something by: only whether it may be looked for counts. */
const NO_NAME = ".ccrun-looks-for-nothing";

/**
 * Whether a folder may be entered, which takes more than to see it: all that is in it is out of reach
 * otherwise, and no program can be started there. A folder that does not exist keeps nobody out.
 *
 * @example
 * ```ts
 * import { canEnterDirectory } from "./can_enter_directory.ts";
 *
 * console.log(await canEnterDirectory(Deno.cwd())); // true
 * ```
 */
export async function canEnterDirectory(folder: string): Promise<boolean> {
  try {
    // Deno takes `.` out of a path before the OS sees it: only another name is looked for in there.
    await Deno.stat(`${folder}/${NO_NAME}`);
  } catch (error) {
    return !(error instanceof Deno.errors.PermissionDenied);
  }
  return true;
}

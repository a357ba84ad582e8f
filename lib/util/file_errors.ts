/** Returns the message of an OS error without its number. */
export function osErrorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/, "");
}

/** Returns why a file cannot be written. */
export function describeWriteError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its directory does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "Deno does not let ccrun open this path";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return osErrorMessage(error);
}

/** Returns why a file cannot be read. */
export function describeReadError(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "it does not exist" : describeWriteError(error);
}

/** A name that is not expected to exist. Deno removes `.` from a path before the OS sees it. */
const UNUSED_NAME = ".ccrun-access-check";

/**
 * Returns whether the current user can enter `directory`, which takes more than being able to see
 * it: without this permission, nothing in it can be opened and no program can start there. Returns
 * true for a directory that does not exist.
 *
 * @example
 * ```ts
 * import { canEnterDirectory } from "./file_errors.ts";
 *
 * console.log(await canEnterDirectory(Deno.cwd())); // true
 * ```
 */
export async function canEnterDirectory(directory: string): Promise<boolean> {
  try {
    await Deno.stat(`${directory}/${UNUSED_NAME}`);
  } catch (error) {
    return !(error instanceof Deno.errors.PermissionDenied);
  }
  return true;
}

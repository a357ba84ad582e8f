import { ownUid } from "./own_uid.ts";

/** The mode bits of a directory in which any user can create files, and replace those of others. */
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/** Why a directory is not safe. */
export class UnsafeDirectory extends Error {}

/**
 * Checks that other users cannot replace our files and directories in a directory. The owner of the root
 * directory is the administrator, whose id can differ in a container.
 *
 * @throws {UnsafeDirectory} if they can
 *
 * @example
 * ```ts
 * import { checkSafeParent } from "./safe_parent.ts";
 *
 * checkSafeParent("/");
 * ```
 */
export function checkSafeParent(directory: string): void {
  const { mode, uid } = Deno.statSync(directory);
  if (uid !== Deno.statSync("/").uid && uid !== ownUid()) {
    throw new UnsafeDirectory("it belongs to another user");
  }
  const bits = mode ?? 0;
  if ((bits & WRITABLE_BY_ALL) !== 0 && (bits & STICKY) === 0) {
    throw new UnsafeDirectory("other users can replace files in it");
  }
}

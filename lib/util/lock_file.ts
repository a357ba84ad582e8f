import { resolvesWithin } from "./resolves_within.ts";

/** How long another program can take to unlock a file, in milliseconds. */
const LOCK_LIMIT_MS = 500;

/**
 * Locks a file, which is created if necessary, until it is closed or the program exits.
 *
 * @returns undefined if another program has locked it
 * @throws if the file cannot be opened, or is not a regular file
 *
 * @example
 * ```ts
 * import { lockFile } from "./lock_file.ts";
 * import { createTempDirectory } from "./temp_directory.ts";
 *
 * using directory = createTempDirectory();
 * using lock = await lockFile(`${directory.path}/lock`);
 * console.log(lock !== undefined, await lockFile(`${directory.path}/lock`)); // true undefined
 * ```
 */
export async function lockFile(path: string): Promise<Deno.FsFile | undefined> {
  await checkRegular(path);
  const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  // Deno 2.6 cannot try it once.
  const locking = file.lock(true);
  if (await resolvesWithin(locking, LOCK_LIMIT_MS)) return file;
  locking.catch(() => {});
  file.close();
  return undefined;
}

/** Fails for a link, which another user may have created, and for a pipe, which has no lock. */
async function checkRegular(path: string): Promise<void> {
  try {
    if ((await Deno.lstat(path)).isFile) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new Error(`${path} is not a regular file`);
}

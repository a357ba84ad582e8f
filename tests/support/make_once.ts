/**
 * Creates a folder once, even if several processes need it at the same time.
 *
 * @module
 */

import { waitFor } from "./wait_for.ts";

/** How often the lock is touched while the folder is filled. */
const TOUCH_INTERVAL_MS = 2_000;

/** A lock that was not touched for this long belongs to a process that has died. */
const STALE_AFTER_MS = 30_000;

/** Longer than any download should take. */
const MAX_WAIT_MS = 600_000;

/**
 * Creates a folder if it does not exist. `fill` receives an empty draft folder, which is renamed when it
 * is complete. Other callers, in this process or another, wait for the folder. The lock only saves
 * work: removing it too early does no harm.
 */
export async function makeOnce(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const lock = `${folder}.lock`;
  await Deno.mkdir(folder.replace(/\/[^/]*$/, ""), { recursive: true });
  let locked = false;
  const done = await waitFor(async () => {
    if (await exists(folder)) return true;
    locked = await takeLock(lock);
    return locked;
  }, MAX_WAIT_MS);
  if (!done) throw new Error(`${lock} is still locked; remove it and try again`);
  if (!locked) return;
  const timer = setInterval(() => void touch(lock), TOUCH_INTERVAL_MS);
  try {
    // Another process may have created the folder before this one took the lock.
    if (!await exists(folder)) await makeDraft(folder, fill);
  } finally {
    clearInterval(timer);
    await removeIfThere(lock);
  }
}

async function makeDraft(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${folder}.${crypto.randomUUID()}`;
  await Deno.mkdir(draft);
  try {
    await fill(draft);
    await Deno.rename(draft, folder);
  } catch (error) {
    await removeIfThere(draft);
    // Another process was faster.
    if (!await exists(folder)) throw error;
  }
}

/** Takes the lock. Creating a directory is atomic, so only one process succeeds. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await Deno.mkdir(lock);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  if (await isStale(lock)) await removeLock(lock);
  return false;
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const changed = (await Deno.stat(lock)).mtime?.getTime() ?? 0;
    return Date.now() - changed > STALE_AFTER_MS;
  } catch {
    return false;
  }
}

/** Removes a stale lock. Renaming is atomic, so only one process removes it. */
async function removeLock(lock: string): Promise<void> {
  const away = `${lock}.${crypto.randomUUID()}`;
  try {
    await Deno.rename(lock, away);
  } catch {
    return;
  }
  await removeIfThere(away);
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // The lock may have been removed.
  await Deno.utime(path, now, now).catch(() => {});
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

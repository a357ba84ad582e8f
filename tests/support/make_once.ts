/**
 * Making a folder that takes long to make once, whoever else wants it at the same time.
 *
 * @module
 */

import { waitFor } from "./wait_for.ts";

/** The one who makes the folder says so this often. */
const SIGN_OF_LIFE_MS = 2_000;

/** A maker who was not heard of for so long is gone; somebody else begins anew. */
const STALE_AFTER_MS = 30_000;

/** Longer than any download that is worth waiting for. */
const LONGEST_WAIT_MS = 600_000;

/**
 * Makes the folder if it is not there. `fill` gets an empty folder beside it, which then takes its name in one
 * step: a folder of that name is always complete. Others who want it at the same time, in this process or
 * another, wait for it; the lock they wait at only saves work, and nothing breaks when it is wrongly taken for stale.
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
  }, LONGEST_WAIT_MS);
  if (!done) throw new Error(`${lock} stayed locked by somebody; remove it and try again`);
  if (!locked) return;
  const alive = setInterval(() => void touch(lock), SIGN_OF_LIFE_MS);
  try {
    // Somebody may have finished between the look at the folder and the lock.
    if (!await exists(folder)) await makeDraft(folder, fill);
  } finally {
    clearInterval(alive);
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
    // Another maker was faster: as good.
    if (!await exists(folder)) throw error;
  }
}

/** Making a directory is atomic: of many who try, one succeeds. */
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

/** Moves the lock away first: of many who find it stale, one removes it. */
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
  // The folder may just have been removed; then there is nothing to keep alive.
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

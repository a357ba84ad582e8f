/**
 * Creates a folder once, even if several processes need it at the same time.
 *
 * @module
 */

import { exists } from "../../lib/util/exists.ts";

/**
 * Creates a folder if it does not exist. `fill` receives an empty draft folder, which is renamed when it
 * is complete. Other callers, in this process or another, wait for the folder.
 */
export async function makeOnce(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  if (await exists(folder)) return;
  await Deno.mkdir(folder.replace(/\/[^/]*$/, ""), { recursive: true });
  // The operating system releases the lock when a process dies.
  using file = await Deno.open(`${folder}.lock`, { write: true, create: true });
  await file.lock(true);
  // Another caller may have created the folder meanwhile.
  if (await exists(folder)) return;
  const draft = `${folder}.draft`;
  await Deno.remove(draft, { recursive: true }).catch(() => {});
  await Deno.mkdir(draft);
  await fill(draft);
  await Deno.rename(draft, folder);
}

import { tempParent } from "./temp_parent.ts";

/**
 * Returns the id of the current user; null on Windows. `Deno.uid` needs a permission that ccrun does not
 * have, so this creates a file and returns its owner, which other users cannot forge.
 *
 * @throws if the directory for temporary files cannot be written
 */
export function ownUid(): number | null {
  const path = `${tempParent()}/ccrun-${crypto.randomUUID()}`;
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  Deno.removeSync(path);
  return file.statSync().uid;
}

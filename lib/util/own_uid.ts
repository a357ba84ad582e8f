/**
 * Returns the id of the current user; null on Windows. `Deno.uid` needs a permission that ccrun does not
 * have, so this creates a directory and returns its owner.
 *
 * @throws if the temporary directory cannot be written
 */
export function ownUid(): number | null {
  const directory = Deno.makeTempDirSync({ prefix: "ccrun-" });
  try {
    return Deno.statSync(directory).uid;
  } finally {
    Deno.removeSync(directory);
  }
}

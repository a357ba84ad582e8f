/** Returns whether a path is a directory, and not a link to one. */
export async function isDirectory(path: string): Promise<boolean> {
  return await Deno.lstat(path).then((info) => info.isDirectory, () => false);
}

/** Returns whether a path has nothing, not even a link that leads nowhere. */
export async function isMissing(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => false, () => true);
}

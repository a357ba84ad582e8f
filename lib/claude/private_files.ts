/**
 * Files that only claude is to read: values that do not belong in argv. They are
 * in a directory of their own, mode 0700, and have mode 0600.
 */
export interface PrivateFiles {
  /** Writes a file and gives its path. */
  write(name: string, text: string): Promise<string>;
  /** Removes all of them. Is called at every kind of end. */
  remove(): void;
}

/** Directories to remove when the program ends without having done it. */
const leftovers = new Set<() => void>();
let isWatchingEnd = false;

/** Makes an empty set of private files; the directory is made with the first file. */
export function makePrivateFiles(): PrivateFiles {
  let dir: string | undefined;
  const remove = () => {
    leftovers.delete(remove);
    if (dir === undefined) return;
    try {
      Deno.removeSync(dir, { recursive: true });
    } catch {
      // Somebody cleaned up before us.
    }
    dir = undefined;
  };
  return {
    async write(name, text) {
      if (dir === undefined) {
        dir = await Deno.makeTempDir({ prefix: "ccrun-" });
        leftovers.add(remove);
        if (!isWatchingEnd) {
          isWatchingEnd = true;
          globalThis.addEventListener("unload", () => leftovers.forEach((remove) => remove()));
        }
      }
      const path = `${dir}/${name}`;
      await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
      return path;
    },
    remove,
  };
}

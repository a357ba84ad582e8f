import { dirname } from "@std/path/dirname";

/**
 * Yields a path and its parents, up to the root of the file system.
 *
 * @example
 * ```ts
 * import { selfAndParents } from "./parents.ts";
 *
 * console.log([...selfAndParents("/a/b")]); // [ "/a/b", "/a", "/" ]
 * ```
 */
export function* selfAndParents(path: string): Generator<string, void, void> {
  for (let at = path;; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}

import { idHash } from "./id_hash.ts";

/** The longest readable part of a name. With the hash, it leaves room for an extension. */
const MAX_READABLE_LENGTH = 60;

/** Enough to tell apart ids that begin alike, and ids that differ only in case. */
const HASH_LENGTH = 10;

/** Windows opens a device instead of a file with such a name, even if an extension follows. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Returns a name for the files and the branch of a task: a readable part of its id, and a hash. The name is
 * valid as a file name on every system, and as the last part of a git branch.
 *
 * @example
 * ```ts
 * import { fileNameOf } from "./file_name.ts";
 *
 * console.log(fileNameOf("src/a.js")); // src-a.js-8f38df8664
 * ```
 */
export function fileNameOf(id: string): string {
  const readable = id.slice(0, MAX_READABLE_LENGTH)
    .replace(/[^\w.]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[.-]+|[.-]+$/g, "");
  const safe = WINDOWS_DEVICE.test(readable) ? `_${readable}` : readable;
  return `${safe === "" ? "task" : safe}-${idHash(id).slice(0, HASH_LENGTH)}`;
}

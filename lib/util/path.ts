/**
 * Paths of the system that it runs on. `node:path` is the same, but takes 6 ms to load, a fifth of what
 * ccrun has until claude is started; these take one. Windows has `node:path`: there, `@std/path` is
 * many more modules.
 *
 * @module
 */

import { basename as posixBasename } from "@std/path/posix/basename";
import { dirname as posixDirname } from "@std/path/posix/dirname";
import { isAbsolute as posixIsAbsolute } from "@std/path/posix/is-absolute";
import { relative as posixRelative } from "@std/path/posix/relative";
import { resolve as posixResolve } from "@std/path/posix/resolve";

const path = Deno.build.os === "windows" ? await import("node:path") : {
  basename: posixBasename,
  dirname: posixDirname,
  isAbsolute: posixIsAbsolute,
  relative: posixRelative,
  resolve: posixResolve,
  sep: "/",
};

/** What separates the names in a path. */
export const SEPARATOR: string = path.sep;

/** The last name of a path. */
export const basename: (path: string) => string = path.basename;

/** A path without its last name. */
export const dirname: (path: string) => string = path.dirname;

/** Whether a path starts at the root. */
export const isAbsolute: (path: string) => boolean = path.isAbsolute;

/** The way from one path to another. */
export const relative: (from: string, to: string) => string = path.relative;

/**
 * An absolute and normal path, without a slash at its end: each of these is read as from the one before it.
 *
 * @example
 * ```ts
 * import { resolve } from "./path.ts";
 *
 * console.log(resolve("/project", "../notes.txt")); // /notes.txt
 * ```
 */
export const resolve: (...paths: string[]) => string = path.resolve;

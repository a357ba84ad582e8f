/** The version in deno.json. A test keeps both the same. */
export const VERSION = "0.1.0";

/**
 * Returns the commit that this binary was compiled from, such as `a080225`. The commit of files that
 * were modified ends with `-modified`.
 *
 * @returns undefined if ccrun runs from source, or if the source was not in a clone
 */
export function readCommit(): string | undefined {
  // The source may have changed since the file was written.
  if (!Deno.build.standalone) return undefined;
  try {
    const text = Deno.readTextFileSync(new URL("build/commit", import.meta.url)).trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Returns the name, the version and the commit of ccrun.
 *
 * @example
 * ```ts
 * import { describeVersion } from "./version.ts";
 *
 * console.log(describeVersion("a080225")); // ccrun 0.1.0 (a080225)
 * ```
 */
export function describeVersion(commit = readCommit()): string {
  return commit === undefined ? `ccrun ${VERSION}` : `ccrun ${VERSION} (${commit})`;
}

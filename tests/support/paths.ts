/**
 * The paths of the repository and of downloads.
 *
 * @module
 */

/** The root of the repository, without a slash at its end. */
export const REPOSITORY = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Returns the directory of downloads. CCRUN_TEST_CACHE selects another one. */
export function cacheFolder(): string {
  return Deno.env.get("CCRUN_TEST_CACHE") || `${REPOSITORY}/.cache`;
}

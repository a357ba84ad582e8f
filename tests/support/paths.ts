/**
 * Where the tests find the repository, and where they keep what they download.
 *
 * @module
 */

/** The root of the repository, without a slash at its end. */
export const REPOSITORY = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Where downloads are kept from one test run to the next; CCRUN_TEST_CACHE says another place. */
export function cacheFolder(): string {
  return Deno.env.get("CCRUN_TEST_CACHE") || `${REPOSITORY}/.cache`;
}

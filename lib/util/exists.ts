/**
 * Returns whether there is a file or a directory that can be found.
 *
 * @example
 * ```ts
 * import { exists } from "./exists.ts";
 *
 * console.log(await exists("/none")); // false
 * ```
 */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

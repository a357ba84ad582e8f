/** How much of a file is read: more than the longest line that the OS reads. */
const MAX_LINE_BYTES = 512;

/**
 * Returns the interpreter in the first line of a script.
 *
 * @returns undefined if the file is no script, or cannot be read
 *
 * @example
 * ```ts
 * import { interpreterOf } from "./interpreter.ts";
 *
 * await Deno.writeTextFile("/tmp/hello", "#!/usr/bin/env node\n");
 * console.log(interpreterOf("/tmp/hello")); // /usr/bin/env
 * ```
 */
export function interpreterOf(path: string): string | undefined {
  try {
    // Opening a pipe would wait for a writer.
    if (!Deno.statSync(path).isFile) return undefined;
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(MAX_LINE_BYTES);
    const length = file.readSync(bytes) ?? 0;
    const [line = ""] = new TextDecoder().decode(bytes.subarray(0, length)).split("\n");
    return /^#![ \t]*([^ \t]+)/.exec(line)?.[1];
  } catch {
    return undefined;
  }
}

import { join } from "@std/path/join";

const NAME = /^agent-[\w-]{1,100}\.jsonl$/;

/** How deep the folders of the subagents of a session are searched. */
const MAX_DEPTH = 4;

/**
 * Returns the paths of the files of subagents in a folder, sorted; none if it cannot be read.
 *
 * @param maxDepth how many levels of folders are searched
 */
export async function subagentPaths(folder: string, maxDepth = MAX_DEPTH): Promise<string[]> {
  if (maxDepth === 0) return [];
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const paths = entries.map(async ({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return await subagentPaths(path, maxDepth - 1);
    return NAME.test(name) ? [path] : [];
  });
  return (await Promise.all(paths)).flat().sort();
}

/**
 * Finds the files in which newer versions store what the subagents of a session did.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";

const NAME = /^agent-[\w-]{1,100}\.jsonl$/;

/** How deep the folders of the subagents of a session are searched. */
const MAX_DEPTH = 4;

/** Returns the paths of the subagents of a session. */
export async function listSubagentPaths(transcript: string): Promise<string[]> {
  return await pathsIn(join(transcript.replace(/\.jsonl$/i, ""), "subagents"), MAX_DEPTH);
}

/**
 * Returns the paths of subagents in the folder of a session, where versions before 2.1.100 keep those of all
 * sessions of a workspace. Their first entry tells which session they belong to.
 */
export async function listSiblingSubagentPaths(transcript: string): Promise<string[]> {
  const paths = await pathsIn(dirname(transcript), 1);
  return paths.filter((path) => path !== transcript);
}

/**
 * Returns the paths of the files of subagents in a folder, sorted; none if it cannot be read.
 *
 * @param maxDepth how many levels of folders are searched
 */
async function pathsIn(folder: string, maxDepth: number): Promise<string[]> {
  if (maxDepth === 0) return [];
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const paths = entries.map(async ({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return await pathsIn(path, maxDepth - 1);
    return NAME.test(name) ? [path] : [];
  });
  return (await Promise.all(paths)).flat().sort();
}

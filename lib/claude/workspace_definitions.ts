import { resolve } from "@std/path/resolve";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import { selfAndParents } from "../util/parents.ts";
import { repositoryRoot } from "./workspace_trust.ts";

/** Stands for the settings of a file that ccrun cannot read, but claude possibly can. */
export const UNREADABLE = "unreadable";

/**
 * The fields of agents, commands and skills that run commands or grant permissions, and fields whose name
 * has an escape sequence.
 */
const DEFINITION_FIELD =
  /\b(hooks|mcpServers|permissionMode|allowed-tools)\b["']?\s*:|"[^"\n]{0,100}\\[^"\n]{0,100}"\s*:/g;

/** Where these definitions are, below `.claude`. */
const DEFINITION_DIRECTORIES = ["agents", "commands", "skills"];

/** More or larger files count as unreadable. */
const MAX_ENTRIES = 2000;
const MAX_DEFINITION_BYTES = 256 * 1024;

/**
 * Returns what agents, commands and skills set, from the workspace up to the root of its repository. Those
 * of the user do not count.
 *
 * @param userDirectory the configuration directory of the user, if it is known
 */
export async function findDefinitions(
  cwd: string,
  userDirectory: string | undefined,
): Promise<{ file: string; names: string[] }[]> {
  const workspace = await Deno.realPath(cwd).catch(() => cwd);
  const own = userDirectory && await Deno.realPath(userDirectory).catch(() => userDirectory);
  const root = await repositoryRoot(workspace);
  const found: { file: string; names: string[] }[] = [];
  for (const directory of selfAndParents(workspace)) {
    const definitions = resolve(directory, ".claude");
    if (definitions === own) break;
    for (const name of DEFINITION_DIRECTORIES) {
      const path = resolve(definitions, name);
      const files = await markdownFiles(path);
      if (files === undefined) found.push({ file: path, names: [UNREADABLE] });
      for (const file of files ?? []) found.push({ file, names: await definitionFields(file) });
    }
    if (directory === root) break;
  }
  return found;
}

/** Returns the Markdown files below a directory; undefined if there is too much in it. */
async function markdownFiles(directory: string): Promise<string[] | undefined> {
  const paths: string[] = [];
  const directories = [directory];
  let count = 0;
  // Links can lead back to a directory, without an end.
  for (const current of directories) {
    try {
      for await (const { name, isFile } of Deno.readDir(current)) {
        if (++count > MAX_ENTRIES) return undefined;
        const path = resolve(current, name);
        if (name.toLowerCase().endsWith(".md")) paths.push(path);
        else if (!isFile) directories.push(path);
      }
    } catch {
      // Most workspaces have no such directory.
    }
  }
  return paths;
}

async function definitionFields(path: string): Promise<string[]> {
  const text = await readBoundedTextFile(path, MAX_DEFINITION_BYTES).catch(() => undefined);
  if (text === undefined) return [UNREADABLE];
  // Where the header ends differs between versions, so this is the latest place.
  const header = /^\s*---[^\n]*\n([\s\S]*?)(?:\n---|$)/.exec(text)?.[1] ?? "";
  const names = [...header.matchAll(DEFINITION_FIELD)].map(([, name]) => name ?? "escaped field");
  return [...new Set(names)];
}

import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { configDirectory, type ConfigLocation } from "../config_directory.ts";
import { isSessionId } from "../session_id.ts";
import { entryNames, hasContent, sessionFolders } from "./store.ts";

/**
 * Finds the transcripts of the sessions whose ids begin with a text, in the workspace, or else in any other.
 *
 * @returns their paths, one for each id
 */
export async function findTranscripts(
  prefix: string,
  location: ConfigLocation,
): Promise<string[]> {
  const cwd = await Deno.realPath(location.cwd).catch(() => location.cwd);
  const own = await findInFolders(prefix, sessionFolders({ ...location, cwd }));
  return own.length > 0 ? own : await findInFolders(prefix, await allFolders(location));
}

async function allFolders(location: ConfigLocation): Promise<string[]> {
  const projects = resolve(configDirectory(location) ?? "", "projects");
  const names = await entryNames(projects).catch(() => []);
  return names.map((name) => join(projects, name));
}

async function findInFolders(
  prefix: string,
  folders: readonly string[],
): Promise<string[]> {
  const start = prefix.toLowerCase();
  const found = new Map<string, string>();
  for (const folder of folders) {
    // A folder that cannot be read has no session that can be.
    for (const name of await entryNames(folder).catch(() => [])) {
      const id = name.replace(/\.jsonl$/, "");
      if (!isSessionId(id) || !id.toLowerCase().startsWith(start)) continue;
      const path = join(folder, `${id}.jsonl`);
      if (await hasContent(path)) found.set(id, path);
    }
  }
  return [...found.values()];
}

import { resolve } from "@std/path/resolve";
import { exists } from "../../util/exists.ts";
import { configDirectory, type ConfigLocation } from "../config_directory.ts";
import { isSessionId } from "../session_id.ts";
import { entryNames, hasContent, sessionFolders } from "./store.ts";
import { readTranscript } from "./transcript.ts";

/**
 * Returns the directory in which a session can be resumed: the working directory, unless the session is
 * stored under another one, for example that of a worktree.
 *
 * @returns undefined if the session is not stored
 */
export async function findSessionDirectory(
  id: string,
  location: ConfigLocation,
): Promise<string | undefined> {
  const root = configDirectory(location);
  if (root === undefined || !isSessionId(id)) return undefined;
  // Settings can move the directory. Then it is not known what is stored.
  if (!await exists(root)) return location.cwd;
  const cwd = await Deno.realPath(location.cwd).catch(() => location.cwd);
  for (const folder of sessionFolders({ ...location, cwd })) {
    if (await hasContent(`${folder}/${id}.jsonl`)) return location.cwd;
  }
  const projects = resolve(root, "projects");
  // If the folders cannot be read, no session can be resumed.
  for (const folder of await entryNames(projects).catch(() => [])) {
    const path = `${projects}/${folder}/${id}.jsonl`;
    if (!await hasContent(path)) continue;
    return (await readTranscript(path, { stopAtPrompt: true }).catch(() => undefined))?.cwd;
  }
  return undefined;
}

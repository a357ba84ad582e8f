/**
 * Finds the files of the subagents of a session.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { mapAhead } from "../../util/map_ahead.ts";
import { isSessionId } from "../session_id.ts";
import { listSiblingSubagentPaths, listSubagentPaths } from "../transcript/subagent_paths.ts";
import { readEntries } from "./read_entries.ts";
import { MAX_OPEN_FILES, type SessionFile } from "./store.ts";

/** The files of subagents by the ids of their sessions. */
type FilesBySession = ReadonlyMap<string, readonly string[]>;

/** Finds the files of subagents, and remembers those that are not in the folder of their session. */
export class SubagentIndex {
  /** The files in folders of workspaces, which versions such as 2.1.0 write there. */
  readonly #inWorkspaces = new Map<string, Promise<FilesBySession>>();

  /** Returns the paths of the files of the subagents of a session. */
  async pathsOf({ path, id }: SessionFile): Promise<string[]> {
    const own = await listSubagentPaths(path);
    const folder = dirname(path);
    const inWorkspace = this.#inWorkspaces.get(folder) ?? findSiblings(path);
    this.#inWorkspaces.set(folder, inWorkspace);
    return [...own, ...(await inWorkspace).get(id) ?? []];
  }
}

/** Returns the files of subagents in the folder of a session, which is that of a workspace. */
async function findSiblings(transcript: string): Promise<FilesBySession> {
  const files = new Map<string, string[]>();
  const paths = await listSiblingSubagentPaths(transcript);
  await Array.fromAsync(mapAhead(paths, MAX_OPEN_FILES, async (path) => {
    const id = await sessionIdOf(path).catch(() => undefined);
    if (id === undefined) return;
    const known = files.get(id);
    if (known === undefined) files.set(id, [path]);
    else known.push(path);
  }));
  return files;
}

/** Returns the id of the session of a subagent, which its entries state. */
async function sessionIdOf(path: string): Promise<string | undefined> {
  for await (const entry of readEntries(path, { pattern: /"sessionId"/ })) {
    const id = entry["sessionId"];
    return typeof id === "string" && isSessionId(id) ? id : undefined;
  }
  return undefined;
}

/**
 * Finds the files of the subagents of a session.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { isSessionId } from "../session_id.ts";
import { readEntries } from "./entries.ts";
import { entryNames, type SessionFile } from "./store.ts";

const SUBAGENT_FILE = /^agent-.*\.jsonl$/;

/** Finds the files of subagents, and remembers those of the folders that it has searched. */
export class SubagentFiles {
  /** The files of version 2.1.0 and the like, which are beside those of the sessions, by session id. */
  readonly #besideSessions = new Map<string, Promise<ReadonlyMap<string, string[]>>>();

  /** Returns the paths of the files of the subagents of a session. */
  async of({ path, id }: SessionFile): Promise<string[]> {
    const folder = dirname(path);
    const ownFolder = `${folder}/${id}/subagents`;
    const names = await entryNames(ownFolder).catch(() => []);
    const own = names.filter((name) => SUBAGENT_FILE.test(name)).map((name) =>
      `${ownFolder}/${name}`
    );
    let beside = this.#besideSessions.get(folder);
    if (beside === undefined) {
      beside = filesBySession(folder);
      this.#besideSessions.set(folder, beside);
    }
    return [...own, ...(await beside).get(id) ?? []];
  }
}

/** Returns the files of subagents in a folder by the ids of their sessions. */
async function filesBySession(folder: string): Promise<Map<string, string[]>> {
  const files = new Map<string, string[]>();
  for (const name of await entryNames(folder).catch(() => [])) {
    if (!SUBAGENT_FILE.test(name)) continue;
    const path = `${folder}/${name}`;
    const id = await sessionIdOf(path).catch(() => undefined);
    if (id !== undefined) files.set(id, [...files.get(id) ?? [], path]);
  }
  return files;
}

/** Returns the id of the session that a subagent belongs to, which each of its entries states. */
async function sessionIdOf(path: string): Promise<string | undefined> {
  for await (const entry of readEntries(path, { pattern: /"sessionId"/ })) {
    const id = entry["sessionId"];
    return typeof id === "string" && isSessionId(id) ? id : undefined;
  }
  return undefined;
}

import { readSessions, type Session } from "../../../lib/claude/sessions/list.ts";
import { findSessionFiles } from "../../../lib/claude/sessions/store.ts";
import type { ConfigLocation } from "../../../lib/claude/config_directory.ts";
import type { Env } from "../../../lib/util/env.ts";
import type { JsonObject } from "../../support/json.ts";
import { assistantLine, userLine, writeSession } from "../../support/session_files.ts";

/** A temporary home directory and workspace. */
export interface Place extends AsyncDisposable {
  readonly home: string;
  readonly cwd: string;
  readonly env: Env;
  /** Writes a session, each newer than the one before. */
  write(lines: readonly (JsonObject | string)[], id?: string): Promise<string>;
}

/** Creates a {@linkcode Place}. */
export async function makePlace(name = "project"): Promise<Place> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  const [home, cwd] = [`${root}/home`, `${root}/${name}`];
  await Deno.mkdir(home);
  await Deno.mkdir(cwd, { recursive: true });
  let minute = 0;
  return {
    home,
    cwd,
    env: {},
    write: (lines, id = crypto.randomUUID()) =>
      writeSession({ home, cwd, id, lines, updated: new Date(Date.UTC(2026, 0, 1, 0, minute++)) }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

/** Returns the lines of a session with one prompt. */
export const TALK = (prompt: unknown): JsonObject[] => [userLine(prompt), assistantLine("Done.")];

/** Returns the sessions of a workspace, newest first. */
export async function listSessions(location: ConfigLocation): Promise<Session[]> {
  return await readSessions(await findSessionFiles(location));
}

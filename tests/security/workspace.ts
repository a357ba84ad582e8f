/**
 * Writes the files of a workspace that Claude Code reads.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { SANDBOX_PATH } from "../support/sandbox.ts";

/** Writes a file as JSON, with its directory. */
export async function writeJson(path: string, content: unknown): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(content));
}

/** Records that the user trusts a workspace, as Claude Code does. */
export async function trust(home: string, workspace: string): Promise<void> {
  const projects = { [workspace]: { hasTrustDialogAccepted: true } };
  await writeJson(`${home}/.claude.json`, { projects });
}

/** Makes a directory a git repository, as far as Claude Code looks at it. */
export async function makeRepository(directory: string): Promise<void> {
  const { success } = await new Deno.Command("git", {
    args: ["init", "--quiet"],
    cwd: directory,
    clearEnv: true,
    env: { PATH: SANDBOX_PATH, HOME: directory },
  }).output();
  if (!success) throw new Error("git init failed");
}

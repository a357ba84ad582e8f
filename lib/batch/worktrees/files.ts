import { delay } from "@std/async/delay";
import { join } from "@std/path/join";
import { readBoundedTextFile } from "../../util/bounded_file.ts";
import { isDirectory, isMissing } from "./file_kinds.ts";
import type { Git } from "./git.ts";
import { removeFolder } from "./remove_folder.ts";

/** The files of a worktree, and the directory of the repository in which git keeps its state. */
export interface WorktreeFiles {
  readonly path: string;
  readonly gitDir: string;
}

const MAX_LINK_BYTES = 8192;

/** How long a git that survived an earlier ccrun can take to complete a worktree, in milliseconds. */
const CREATION_LIMIT_MS = 10_000;
const POLL_MS = 20;

/** The reason that git gives when it locks a worktree until it has created it. */
const LOCKED_BY_GIT = "initializing\n";

/** Returns the directory that the file `.git` of a new worktree names. */
export async function readGitLink(path: string): Promise<string> {
  const link = await readSmallFile(join(path, ".git"));
  const [, gitDir] = /^gitdir: (\/.*)\n$/s.exec(link ?? "") ?? [];
  if (gitDir === undefined) throw new Error("git has created no link to the repository");
  return gitDir;
}

/** Returns whose state a directory of git has: that of this worktree, of another one, or of none. */
export async function findOwner(
  { path, gitDir }: WorktreeFiles,
): Promise<"this" | "other" | "none"> {
  const owner = (await readSmallFile(join(gitDir, "gitdir")) ?? "").trim();
  if (owner === "") return "none";
  return owner === join(path, ".git") ? "this" : "other";
}

/**
 * Waits until a git that an earlier ccrun has started has created the worktree.
 *
 * @returns false if that takes too long, because git was killed, too
 */
export async function waitForCreation(gitDir: string): Promise<boolean> {
  const end = performance.now() + CREATION_LIMIT_MS;
  while (performance.now() < end) {
    if (await readSmallFile(join(gitDir, "locked")) !== LOCKED_BY_GIT) return true;
    await delay(POLL_MS);
  }
  return false;
}

/**
 * Makes a worktree complete again if a task has removed or replaced its directory or `.git`. What it has put
 * there instead of `.git` gets another name, so that it does not control the git of the user.
 *
 * @param git runs in the worktree
 */
export async function restoreFiles(git: Git, { path, gitDir }: WorktreeFiles): Promise<void> {
  const isGone = !(await isDirectory(path));
  if (isGone) {
    await removeFolder(path);
    await Deno.mkdir(path);
  }
  const link = join(path, ".git");
  const text = `gitdir: ${gitDir}\n`;
  if (await readSmallFile(link) !== text) {
    if (!await isMissing(link)) await Deno.rename(link, `${link}-${crypto.randomUUID()}`);
    await Deno.writeTextFile(link, text, { createNew: true });
  }
  if (isGone) await git.text(["reset", "--hard", "--quiet"]);
}

/** Removes a worktree. If that is interrupted, {@linkcode findOwner} finds no owner. */
export async function removeWorktree({ path, gitDir }: WorktreeFiles): Promise<void> {
  // A part of the files must not look like the changes of a task.
  await removeFolder(join(gitDir, "gitdir"));
  await removeFolder(path);
  await removeFolder(gitDir);
}

/** Returns the text of a small regular file, or undefined. A link is not followed. */
async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    if (!(await Deno.lstat(path)).isFile) return undefined;
    return await readBoundedTextFile(path, MAX_LINK_BYTES);
  } catch {
    return undefined;
  }
}

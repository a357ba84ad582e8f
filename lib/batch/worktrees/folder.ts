import { join } from "@std/path/join";
import { CcrunError } from "../../errors.ts";
import { isInside } from "../../run/outside_path.ts";
import type { Env } from "../../util/env.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { homeDirectory } from "../../util/home_directory.ts";
import { ownUid } from "../../util/own_uid.ts";
import { checkSafeParent } from "../../util/safe_parent.ts";
import { fileNameOf } from "../file_name.ts";
import type { GitRepository } from "./git_repository.ts";

/** The mode bits of a directory in which other users can create files. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Returns the private folder of the worktrees of a repository, which is created if necessary. It is outside
 * the repository: claude does not write in `.git`, and must not find other worktrees in the workspace.
 *
 * @throws {CcrunError} `usage` if other users could replace files in it, or it cannot be created
 */
export async function openWorktreeFolder(
  env: Env,
  { top, commonDir }: Pick<GitRepository, "top" | "commonDir">,
): Promise<string> {
  const stateHome = await findStateHome(env);
  try {
    await Deno.mkdir(stateHome, { recursive: true, mode: 0o700 });
    let folder = await Deno.realPath(stateHome);
    checkSafeParent(folder);
    for (const root of [top, commonDir]) {
      if (isInside(folder, root)) throw new Error(`it is in the repository ${root}`);
    }
    const uid = ownUid();
    for (const name of ["ccrun", "worktrees", fileNameOf(commonDir)]) {
      folder = join(folder, name);
      makePrivate(folder, uid);
    }
    return folder;
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot create worktrees in ${stateHome}: ${osErrorMessage(error)}`,
      "set XDG_STATE_HOME to a directory outside the repository that only you can write to",
    );
  }
}

async function findStateHome(env: Env): Promise<string> {
  const given = env["XDG_STATE_HOME"] ?? "";
  // The specification of the variable says to ignore a relative path.
  if (given.startsWith("/")) return given;
  const home = await homeDirectory(env);
  if (home?.startsWith("/")) return join(home, ".local/state");
  throw new CcrunError(
    "usage",
    "cannot create worktrees: the home directory is not known",
    "set XDG_STATE_HOME to a directory that only you can write to",
  );
}

/** Creates a directory, or checks that an existing one is private. */
function makePrivate(path: string, uid: number | null): void {
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const info = Deno.lstatSync(path);
  if (!info.isDirectory) throw new Error(`${path} is not a directory`);
  if (info.uid !== uid) throw new Error(`${path} belongs to another user`);
  if (((info.mode ?? 0) & WRITABLE_BY_OTHERS) !== 0) {
    throw new Error(`other users can write to ${path}`);
  }
}

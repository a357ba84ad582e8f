import { join } from "@std/path/join";
import { CcrunError } from "../../errors.ts";
import { isInside } from "../../run/outside_path.ts";
import type { Env } from "../../util/env.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { homeDirectory } from "../../util/home_directory.ts";
import { ownUid } from "../../util/own_uid.ts";
import { fileNameOf } from "../file_name.ts";

/** Where a repository is. The paths have no links. */
export interface RepositoryPlace {
  /** The directory with the files. */
  readonly top: string;
  /** The directory in which git keeps what all worktrees share. */
  readonly commonDir: string;
}

/** The mode bits of a directory in which other users can create files, and replace those of others. */
const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * Returns the private folder of the worktrees of a repository, which is created if necessary. It is outside
 * the repository: claude does not write in `.git`, and must not find other worktrees in the workspace.
 *
 * @throws {CcrunError} `usage` if other users could replace files in it, or it cannot be created
 */
export async function openWorktreeFolder(env: Env, place: RepositoryPlace): Promise<string> {
  const stateHome = await findStateHome(env);
  try {
    await Deno.mkdir(stateHome, { recursive: true, mode: 0o700 });
    let folder = await Deno.realPath(stateHome);
    const uid = ownUid();
    checkParent(folder, uid);
    for (const root of [place.top, place.commonDir]) {
      if (isInside(folder, root)) throw new Error(`it is in the repository ${root}`);
    }
    for (const name of ["ccrun", "worktrees", fileNameOf(place.commonDir)]) {
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

/** Fails for a directory in which other users can replace our folder. The administrator owns the root. */
function checkParent(directory: string, uid: number | null): void {
  const { mode, uid: owner } = Deno.statSync(directory);
  const bits = mode ?? 0;
  if (owner !== uid && owner !== Deno.statSync("/").uid) {
    throw new Error("it belongs to another user");
  }
  if ((bits & WRITABLE_BY_ALL) !== 0 && (bits & STICKY) === 0) {
    throw new Error("other users can replace files in it");
  }
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

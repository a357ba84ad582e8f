import { resolve } from "@std/path/resolve";
import { CcrunError } from "../../errors.ts";
import type { Env } from "../../util/env.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { Git } from "./git.ts";

/** A repository in which worktrees can be created. The paths have no links. */
export interface GitRepository {
  /** Runs in the directory with the files. */
  readonly git: Git;
  readonly workspace: string;
  /** The directory with the files. */
  readonly top: string;
  /** The directory in which git keeps what all worktrees share. */
  readonly commonDir: string;
  /** The commit that HEAD names. */
  readonly head: string;
}

/** The oldest version that takes settings from the environment. */
const MIN_VERSION = "2.31";

/**
 * Opens the repository that contains a workspace.
 *
 * @throws {CcrunError} `usage` if git or the repository cannot be used
 * @throws {GitError} if there is no repository
 */
export async function openRepository(cwd: string, env: Env): Promise<GitRepository> {
  const workspace = await Deno.realPath(cwd).catch((error) => {
    throw unusable(`${cwd}: ${osErrorMessage(error)}`, "name a directory that exists");
  });
  const git = await Git.find(env, workspace);
  if (git === undefined) {
    throw unusable("git not found in PATH", `install git ${MIN_VERSION} or later`);
  }
  checkVersion(await git.text(["--version"]));
  return await inspect(git, workspace);
}

/**
 * Checks the output of `git --version`.
 *
 * @throws {CcrunError} `usage` if it is too old
 */
export function checkVersion(output: string): void {
  const [, found = "", major, minor] = /((\d+)\.(\d+)\S*)/.exec(output) ?? [];
  const [minMajor = 0, minMinor = 0] = MIN_VERSION.split(".").map(Number);
  const isOld = Number(major) < minMajor ||
    Number(major) === minMajor && Number(minor) < minMinor;
  if (isOld) throw unusable(`git ${found} is too old`, `install git ${MIN_VERSION} or later`);
}

async function inspect(git: Git, workspace: string): Promise<GitRepository> {
  if (await git.text(["rev-parse", "--is-bare-repository"]) === "true") {
    throw unusable(`${workspace} is a bare repository`, "run it in a checkout of the repository");
  }
  const top = await Deno.realPath(await git.text(["rev-parse", "--show-toplevel"]));
  const commonDir = await git.text(["rev-parse", "--git-common-dir"]);
  const head = await git.commitOf("HEAD");
  if (head === undefined) {
    throw unusable("the repository has no commit", "commit the files that the tasks need");
  }
  // Git cannot create the branch ccrun/NAME beside it.
  if (await git.commitOf("refs/heads/ccrun") !== undefined) {
    throw unusable(
      "the repository has a branch named ccrun",
      "rename it: git branch -m ccrun NAME",
    );
  }
  return {
    git: git.in(top),
    workspace,
    top,
    commonDir: await Deno.realPath(resolve(workspace, commonDir)),
    head,
  };
}

/** Returns the error for why worktrees cannot be used. */
export function unusable(reason: string, hint: string): CcrunError {
  return new CcrunError("usage", `cannot use --worktrees: ${reason}`, hint);
}

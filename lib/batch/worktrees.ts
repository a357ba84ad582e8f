import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { isInside } from "../run/outside_path.ts";
import { CcrunError } from "../errors.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import type { Env } from "../util/env.ts";
import { exists } from "../util/exists.ts";
import { osErrorMessage } from "../util/file_errors.ts";
import { formatCount } from "../util/units.ts";
import { fileNameOf } from "./file_name.ts";
import type { Git } from "./git.ts";
import { findFilters, type GitFilters } from "./git_filters.ts";
import { type GitRepository, openRepository } from "./git_repository.ts";
import { removeFolder } from "./remove_folder.ts";
import type { Changes } from "./task_result.ts";
import { countUncommitted, readChanges } from "./worktree_changes.ts";
import { openWorktreeFolder } from "./worktree_folder.ts";

/** The worktree of a task. */
export interface TaskWorktree {
  /** The branch that it is on at first. */
  readonly branch: string;
  readonly path: string;
  /** The directory of the task in it. */
  readonly cwd: string;
  /** The directory of the repository in which git keeps the state of the worktree. */
  readonly gitDir: string;
}

/** A worktree that is kept, because a task has changed something. */
export interface ChangedWorktree {
  /** The branch with the commits of the task. */
  readonly branch: string;
  /** The path of the worktree. */
  readonly worktree: string;
  readonly changes: Changes;
}

/** Fits on a command line of every system. */
const MAX_ARGUMENTS = 100;

/** Options for {@linkcode openWorktrees}. */
export interface WorktreesOptions {
  /** The absolute path of the workspace, which can be below the top directory of its repository. */
  readonly cwd: string;
  /** The environment of ccrun. */
  readonly env: Env;
}

/**
 * Prepares to give each task a git worktree that begins with the current commit of a workspace.
 *
 * @throws {CcrunError} `usage` if git, the repository or the folder of the worktrees cannot be used
 */
export async function openWorktrees({ cwd, env }: WorktreesOptions): Promise<Worktrees> {
  const repository = await openRepository(cwd, env);
  const folder = await openWorktreeFolder(env, repository);
  const filters = await findFilters(repository.git);
  const warnings = await findWarnings(repository, filters);
  return new Worktrees({ repository, folder, filters, warnings });
}

async function findWarnings(
  { git, top }: GitRepository,
  filters: GitFilters,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const { tracked, untracked } = await countUncommitted(git.in(top, [], filters.settings));
  const count = tracked + untracked;
  if (count > 0) {
    warnings.push(`the worktrees lack ${formatCount(count, "uncommitted file")} of the workspace`);
  }
  if (await exists(join(top, ".gitmodules"))) {
    warnings.push("the worktrees lack the files of submodules");
  }
  if (filters.names.length > 0) {
    const names = filters.names.join(", ");
    warnings.push(`files with a git filter can count as changed, because it is not run: ${names}`);
  }
  return warnings;
}

/** The parts of {@linkcode Worktrees}. */
interface WorktreesParts {
  readonly repository: GitRepository;
  readonly folder: string;
  readonly filters: GitFilters;
  readonly warnings: readonly string[];
}

/**
 * The worktrees of the tasks of a batch. After a task has run, what is in its worktree is hostile. So git is
 * called with the directory that it has created itself, instead of what `.git` in the worktree names.
 */
export class Worktrees {
  /** What the worktrees lack, one line each. */
  readonly warnings: readonly string[];
  readonly #repository: GitRepository;
  readonly #folder: string;
  readonly #filters: GitFilters;
  /** Git locks the list of worktrees, so that its commands fail at the same time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ repository, folder, filters, warnings }: WorktreesParts) {
    this.#repository = repository;
    this.#folder = folder;
    this.#filters = filters;
    this.warnings = warnings;
  }

  /**
   * Creates the worktree of a task and its branch. Those of an earlier execution are reset. The reflog of
   * the branch keeps the earlier commits.
   *
   * @param id the id of the task
   * @param cwd the directory of the task in the repository; by default the workspace
   * @throws {CcrunError} `usage` if that is not possible
   */
  async prepare(id: string, cwd: string = this.#repository.workspace): Promise<TaskWorktree> {
    const name = fileNameOf(id);
    const branch = `ccrun/${name}`;
    const path = join(this.#folder, name);
    try {
      const directory = await this.#mapDirectory(cwd, path);
      const gitDir = await this.#exclusively(() => this.#create(name, branch, path));
      const tree = { branch, path, cwd: directory, gitDir };
      if (await isInTree(tree)) return tree;
      await this.#exclusively(() => this.#remove(tree));
      throw new Error(`the current commit does not contain the directory ${cwd}`);
    } catch (error) {
      throw failed(`create the worktree ${path}`, error);
    }
  }

  /**
   * Removes the worktree of a task and its branch if nothing has changed.
   *
   * @returns what has changed, or undefined
   * @throws {CcrunError} `usage` if git cannot read the worktree, which is kept then
   */
  async finish(tree: TaskWorktree): Promise<ChangedWorktree | undefined> {
    try {
      await this.#restore(tree);
      const base = this.#repository.head;
      const branch = await this.#keepHead(tree.gitDir, tree.branch);
      const git = this.#gitIn(tree);
      const { tracked, untracked } = await countUncommitted(git);
      const isChanged = tracked + untracked > 0 || branch !== tree.branch ||
        await git.commitOf("HEAD") !== base ||
        await git.commitOf(`refs/heads/${branch}`) !== base ||
        await exists(join(tree.gitDir, "modules"));
      if (isChanged) {
        const changes = await readChanges(git, base, branch, untracked);
        return { branch, worktree: tree.path, changes };
      }
      await this.#exclusively(() => this.#remove(tree));
      return undefined;
    } catch (error) {
      throw failed(`compare the worktree ${tree.path} with its first commit`, error);
    }
  }

  /** Runs one function after another. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Returns the path in a worktree that corresponds to a directory of the repository. */
  async #mapDirectory(cwd: string, path: string): Promise<string> {
    const { workspace, top } = this.#repository;
    const directory = await Deno.realPath(resolve(workspace, cwd));
    if (!isInside(directory, top)) throw new Error(`${cwd} is not in the repository ${top}`);
    return join(path, directory.slice(top.length));
  }

  async #create(name: string, branch: string, path: string): Promise<string> {
    const { git, commonDir, head } = this.#repository;
    const format = "--format=%(worktreepath)";
    const user = await git.text(["for-each-ref", format, `refs/heads/${branch}`]);
    if (user !== "" && user !== path) {
      throw new CcrunError(
        "usage",
        `cannot create the worktree ${path}: its branch ${branch} is checked out in ${user}`,
        "check out another branch there",
      );
    }
    await this.#clear(join(commonDir, "worktrees", name), branch, path);
    await git.text(["worktree", "add", "--no-track", "-B", branch, "--", path, head]);
    return await readGitLink(path);
  }

  /** Removes what an earlier execution has left, which can have ended at any moment. */
  async #clear(gitDir: string, branch: string, path: string): Promise<void> {
    if (await isMissing(path) && await isMissing(gitDir)) return;
    const { git } = this.#repository;
    const owner = (await readText(join(gitDir, "gitdir")))?.trim() ?? "";
    const isOurs = owner === join(path, ".git");
    if (isOurs) await this.#keepHead(gitDir, branch).catch(() => {});
    await removeFolder(path);
    // It fails for a worktree that git does not know.
    await git.textIfAny(["worktree", "remove", "--force", "--force", "--", path]);
    // A killed git leaves a directory that its commands do not see.
    if (isOurs || owner === "") await removeFolder(gitDir);
  }

  /** Makes a worktree complete again if the task has removed or replaced its directory or `.git`. */
  async #restore(tree: TaskWorktree): Promise<void> {
    const { path, gitDir } = tree;
    const isGone = !(await isDirectory(path));
    if (isGone) {
      await removeFolder(path);
      await Deno.mkdir(path);
    }
    const link = join(path, ".git");
    if (await readText(link) !== `gitdir: ${gitDir}\n`) {
      if (!await isMissing(link)) {
        await Deno.rename(link, `${link}-replaced-${crypto.randomUUID()}`);
      }
      await Deno.writeTextFile(link, `gitdir: ${gitDir}\n`, { createNew: true });
    }
    if (isGone) await this.#gitIn(tree).text(["reset", "--hard", "--quiet"]);
  }

  /**
   * Makes sure that a branch has the commit of a worktree: the branch of the task if that loses no commit, or
   * else another one.
   *
   * @returns the branch with the commit
   */
  async #keepHead(gitDir: string, branch: string): Promise<string> {
    const { top, head: base } = this.#repository;
    const git = this.#repository.git.in(top, [`--git-dir=${gitDir}`]);
    const ref = `refs/heads/${branch}`;
    const tip = await git.commitOf(ref);
    const current = await git.textIfAny(["symbolic-ref", "--quiet", "HEAD"]);
    if (current === ref && tip !== undefined) return branch;
    const head = await git.commitOf("HEAD") ?? tip ?? base;
    const contains = async (commit: string, older: string) =>
      await git.textIfAny(["merge-base", "--is-ancestor", older, commit]) !== undefined;
    const canMove = tip === undefined || await contains(head, tip);
    if (!canMove && await contains(tip, head)) return branch;
    const target = canMove ? branch : `${branch}-head`;
    await git.text(["branch", "--force", "--no-track", "--", target, head]);
    await git.text(["symbolic-ref", "HEAD", `refs/heads/${target}`]);
    return target;
  }

  async #remove({ path, branch }: TaskWorktree): Promise<void> {
    const { git, head } = this.#repository;
    await removeFolder(path);
    await git.text(["worktree", "remove", "--force", "--force", "--", path]);
    // Deleting a branch deletes its reflog, too.
    if (await this.#hasEarlierCommits(branch)) return;
    await git.text(["update-ref", "-d", `refs/heads/${branch}`, head]);
  }

  /** Returns whether the reflog of a branch has commits of earlier executions. */
  async #hasEarlierCommits(branch: string): Promise<boolean> {
    const { git, head } = this.#repository;
    const commits = new Set<string>();
    const reflog = ["rev-list", "--walk-reflogs", `refs/heads/${branch}`, "--"];
    await git.eachLine(reflog, (commit) => commits.add(commit));
    commits.delete(head);
    if (commits.size > MAX_ARGUMENTS) return true;
    if (commits.size === 0) return false;
    return await git.text(["rev-list", "--max-count=1", ...commits, `^${head}`, "--"]) !== "";
  }

  #gitIn({ path, gitDir }: TaskWorktree): Git {
    const options = [`--git-dir=${gitDir}`, `--work-tree=${path}`];
    return this.#repository.git.in(path, options, this.#filters.settings);
  }
}

/** Returns whether the directory of a task exists in its worktree. A link in it can lead elsewhere. */
async function isInTree({ path, cwd }: TaskWorktree): Promise<boolean> {
  const real = await Deno.realPath(cwd).catch(() => undefined);
  return real !== undefined && isInside(real, path) && await isDirectory(real);
}

/** Returns the directory that the file `.git` of a new worktree names. */
async function readGitLink(path: string): Promise<string> {
  const link = await readText(join(path, ".git"));
  const [, gitDir] = /^gitdir: (\/.*)\n$/s.exec(link ?? "") ?? [];
  if (gitDir === undefined) throw new Error("git has created no link to the repository");
  return gitDir;
}

const MAX_LINK_BYTES = 8192;

/** Returns the text of a small regular file, or undefined. A link is not followed. */
async function readText(path: string): Promise<string | undefined> {
  try {
    if (!(await Deno.lstat(path)).isFile) return undefined;
    return await readBoundedTextFile(path, MAX_LINK_BYTES);
  } catch {
    return undefined;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await Deno.lstat(path).then((info) => info.isDirectory, () => false);
}

async function isMissing(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => false, () => true);
}

function failed(action: string, error: unknown): CcrunError {
  if (error instanceof CcrunError) return error;
  return new CcrunError(
    "usage",
    `cannot ${action}: ${osErrorMessage(error)}`,
    undefined,
    { cause: error },
  );
}

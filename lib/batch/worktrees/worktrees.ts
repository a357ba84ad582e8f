import { join } from "@std/path/join";
import { CcrunError } from "../../errors.ts";
import { exists } from "../../util/exists.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { lockFile } from "../../util/lock_file.ts";
import { fileNameOf } from "../file_name.ts";
import type { Changes } from "../task_result.ts";
import { commitAll, deleteBranch, keepHead } from "./branch.ts";
import { countUncommitted, readChanges } from "./changes.ts";
import { isInTree, mapDirectory } from "./directory.ts";
import { isDirectory, isMissing } from "./file_kinds.ts";
import {
  findOwner,
  readGitLink,
  removeWorktree,
  restoreFiles,
  waitForCreation,
  type WorktreeFiles,
} from "./files.ts";
import { FolderQueue } from "./folder_queue.ts";
import { type Git, GitError } from "./git.ts";
import type { GitFilters } from "./git_filters.ts";
import type { GitRepository } from "./git_repository.ts";
import { removeFolder } from "./remove_folder.ts";

/** The worktree of a task. */
export interface TaskWorktree extends WorktreeFiles {
  /** The branch that it is on at first. */
  readonly branch: string;
  /** The directory of the task in it. */
  readonly cwd: string;
}

/** A worktree that is kept, because a task has changed something. */
export interface ChangedWorktree {
  /** The branch with the commits of the task. */
  readonly branch: string;
  /** The path of the worktree. */
  readonly worktree: string;
  readonly changes: Changes;
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
  /** Commands that change the list of worktrees can fail if they run at the same time. */
  readonly #queue: FolderQueue;
  /** The locked files of the worktrees in use, by the paths of the worktrees. */
  readonly #locks = new Map<string, Deno.FsFile>();

  constructor({ repository, folder, filters, warnings }: WorktreesParts) {
    this.#repository = repository;
    this.#folder = folder;
    this.#queue = new FolderQueue(folder);
    this.#filters = filters;
    this.warnings = warnings;
  }

  /**
   * Creates the worktree of a task and its branch. Those of an earlier execution are reset. The reflog of
   * the branch keeps what they had.
   *
   * @param id the id of the task
   * @param cwd the directory of the task in the repository; by default the workspace
   * @throws {CcrunError} `usage` if that is not possible
   */
  async prepare(id: string, cwd: string = this.#repository.workspace): Promise<TaskWorktree> {
    const name = fileNameOf(id);
    const path = join(this.#folder, name);
    const gitDir = join(this.#repository.commonDir, "worktrees", name);
    try {
      const directory = await mapDirectory(this.#repository, cwd, path);
      const draft = { branch: `ccrun/${name}`, path, cwd: directory, gitDir };
      const tree = await this.#queue.run(() => this.#create(draft));
      if (await isInTree(directory, path)) return tree;
      await this.#queue.run(() => this.#remove(tree));
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
      const git = this.#gitIn(tree);
      await restoreFiles(git, tree);
      const base = this.#repository.head;
      const branch = await keepHead(git, { name: tree.branch, base });
      const { tracked, untracked } = await countUncommitted(git);
      const isChanged = tracked + untracked > 0 || branch !== tree.branch ||
        await git.commitOf("HEAD") !== base ||
        await git.commitOf(`refs/heads/${branch}`) !== base ||
        // Git keeps the commits of submodules there.
        await exists(join(tree.gitDir, "modules"));
      if (isChanged) {
        const changes = await readChanges(git, base, branch, untracked);
        return { branch, worktree: tree.path, changes };
      }
      await this.#queue.run(() => this.#remove(tree));
      return undefined;
    } catch (error) {
      throw failed(`finish the worktree ${tree.path}`, error);
    } finally {
      this.#unlock(tree);
    }
  }

  async #create(draft: TaskWorktree): Promise<TaskWorktree> {
    await this.#checkUnused(draft);
    try {
      return await this.#add(draft);
    } catch (error) {
      if (error instanceof CcrunError) throw error;
      // The git of a killed ccrun can create or remove the same worktree at the same time.
      return await this.#add(draft);
    }
  }

  async #add(draft: TaskWorktree): Promise<TaskWorktree> {
    const { git, head } = this.#repository;
    const { branch, path } = draft;
    await this.#clear(draft);
    await git.text(["worktree", "add", "--no-track", "-B", branch, "--", path, head]);
    const tree = { ...draft, gitDir: await readGitLink(path) };
    await this.#lock(tree);
    return tree;
  }

  /** Fails if the user has checked out the branch elsewhere. */
  async #checkUnused({ branch, path }: TaskWorktree): Promise<void> {
    const format = "--format=%(worktreepath)";
    const user = await this.#repository.git.text(["for-each-ref", format, `refs/heads/${branch}`]);
    if (user === "" || user === path) return;
    throw new CcrunError(
      "usage",
      `cannot create the worktree ${path}: its branch ${branch} is checked out in ${user}`,
      "check out another branch there",
    );
  }

  /** Removes what an earlier execution has left, which can have ended at any moment. */
  async #clear(tree: TaskWorktree): Promise<void> {
    const { path, gitDir } = tree;
    if (await isMissing(path) && await isMissing(gitDir)) return;
    const owner = await findOwner(tree);
    if (owner === "this") {
      const isComplete = await waitForCreation(gitDir);
      await this.#lock(tree);
      this.#unlock(tree);
      if (isComplete) await this.#save(tree);
    }
    if (owner === "other") await removeFolder(path);
    else await removeWorktree(tree);
    // It finds a worktree only if git has given another name to the directory with its state.
    await this.#repository.git.textIfAny(["worktree", "remove", "--force", "--force", "--", path]);
  }

  /** Commits what an earlier execution has changed, as far as possible. */
  async #save(tree: TaskWorktree): Promise<void> {
    if (!await isDirectory(tree.path)) return;
    try {
      const git = this.#gitIn(tree);
      await removeFolder(join(tree.gitDir, "index.lock"));
      const branch = await keepHead(git, { name: tree.branch, base: this.#repository.head });
      const { tracked, untracked } = await countUncommitted(git);
      if (tracked + untracked > 0) await commitAll(git, branch);
    } catch (error) {
      // A damaged worktree has nothing that git can commit.
      if (!(error instanceof GitError)) throw error;
    }
  }

  /** Keeps other batches from resetting a worktree as long as this program runs the task. */
  async #lock({ path, gitDir }: TaskWorktree): Promise<void> {
    if (this.#locks.has(path)) return;
    const lock = await lockFile(join(gitDir, "gitdir"));
    if (lock === undefined) {
      throw new CcrunError(
        "usage",
        `cannot reset the worktree ${path}: another batch uses it`,
        "wait until that batch has ended, or give the tasks other ids",
      );
    }
    this.#locks.set(path, lock);
  }

  #unlock({ path }: TaskWorktree): void {
    this.#locks.get(path)?.close();
    this.#locks.delete(path);
  }

  async #remove(tree: TaskWorktree): Promise<void> {
    const { git, head } = this.#repository;
    await removeWorktree(tree);
    await deleteBranch(git, { name: tree.branch, base: head });
  }

  #gitIn({ path, gitDir }: TaskWorktree): Git {
    const options = [`--git-dir=${gitDir}`, `--work-tree=${path}`];
    return this.#repository.git.in(path, options, this.#filters.settings);
  }
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

import { CcrunError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit_codes.ts";
import { describeReadError, describeWriteError } from "../../util/file_errors.ts";
import { MAX_LINE_BYTES } from "../../util/lines.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { writeAll } from "../../util/write_all.ts";
import type { TaskResult } from "../task_result.ts";
import { type FileHistory, type History, readHistory } from "./history.ts";
import { checkPath, type LockedFile, lockOwnFile } from "./lock_own_file.ts";
import type { ResultLine } from "./read_results.ts";

const encoder = new TextEncoder();

/**
 * Opens a results file, which need not exist, for one batch. The file is locked until it is closed. If the
 * last line is incomplete, because ccrun or the machine died, it is removed.
 *
 * @param path the path, as the user gave it
 * @param workspaces directories that a path in them must not leave
 * @throws {CcrunError} `usage` if the file cannot be used, or another batch uses it
 */
export async function openResultsFile(
  path: string,
  workspaces: readonly string[] = [],
): Promise<ResultsFile> {
  const locked = await lockResultsFile(path, workspaces);
  try {
    const { history, last } = await readResults(path, locked.file);
    const size = await repair(path, locked.file, last);
    const wasTorn = last !== undefined && last.result === undefined;
    return new ResultsFile({ path, locked, history, size, wasTorn });
  } catch (error) {
    locked.file.close();
    throw error;
  }
}

/** A results file whose results are known. */
interface OpenedResults {
  readonly path: string;
  readonly locked: LockedFile;
  readonly history: History;
  readonly size: number;
  readonly wasTorn: boolean;
}

/** The results file of a batch that runs. */
export class ResultsFile implements AsyncDisposable {
  /** The path, as the user gave it. */
  readonly path: string;
  /** What the file contains about the tasks. */
  readonly history: History;
  /** Whether the last line was incomplete, and was removed. */
  readonly wasTorn: boolean;
  #locked: LockedFile;
  #size: number;
  #lastAppend: Promise<void> = Promise.resolve();

  constructor({ path, locked, history, size, wasTorn }: OpenedResults) {
    this.path = path;
    this.history = history;
    this.wasTorn = wasTorn;
    this.#locked = locked;
    this.#size = size;
  }

  /**
   * Appends a result as a whole line, or not at all. A result that is too long becomes a failure, so that it
   * does not end the batch.
   *
   * @returns the result that was written
   * @throws {CcrunError} `failed` if it cannot be written, or another program has changed the file
   */
  append(result: TaskResult): Promise<TaskResult> {
    const append = this.#lastAppend.then(() => this.#append(result));
    this.#lastAppend = append.then(() => {}, () => {});
    return append;
  }

  async #append(result: TaskResult): Promise<TaskResult> {
    const line = lineOf(result);
    if (line.length > MAX_LINE_BYTES) return await this.#append(withoutContents(result));
    await this.#checkUnchanged();
    await this.#write(line, result.exit === 0);
    this.#size += line.length;
    this.history.record(result);
    return result;
  }

  /** Fails if claude, or another program, has changed or replaced the file. */
  async #checkUnchanged(): Promise<void> {
    const { path, file } = this.#locked;
    try {
      const { size } = await checkPath(path, file);
      if (size === this.#size) return;
    } catch {
      // It was removed or replaced, which is a change, too.
    }
    throw new CcrunError(
      "failed",
      `cannot write --results ${this.path}: another program has changed it`,
      "keep the file in a directory that claude cannot write to",
    );
  }

  async #write(line: Uint8Array, isSuccess: boolean): Promise<void> {
    const { file } = this.#locked;
    try {
      await file.seek(this.#size, Deno.SeekMode.Start);
      await writeAll(file, line);
      // Losing it in a crash of the machine would repeat the work.
      if (isSuccess) await file.syncData();
    } catch (error) {
      await file.truncate(this.#size).catch(() => {});
      throw new CcrunError(
        "failed",
        `cannot write --results ${this.path}: ${describeWriteError(error)}`,
      );
    }
  }

  /** Waits until the results are written, and lets other batches use the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastAppend;
    this.#locked.file.close();
  }
}

function lineOf({ id, ...fields }: TaskResult): Uint8Array {
  // An incomplete line is recognized by its beginning, so the id is first.
  return encoder.encode(`${stringifySafe({ id, ...fields })}\n`);
}

/** Returns a result that fits on a line. Only the texts of claude can be that long. */
function withoutContents(result: TaskResult): TaskResult {
  const { answer: _, structured_output: __, ...rest } = result;
  const reason = result.reason === "success" ? "failed" : result.reason;
  const message = "the result is too long for a line of --results";
  return { ...rest, exit: EXIT_CODES[reason], reason, error: { kind: reason, message } };
}

async function lockResultsFile(path: string, workspaces: readonly string[]): Promise<LockedFile> {
  let locked: LockedFile | undefined;
  try {
    locked = await lockOwnFile(path, workspaces);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  if (locked !== undefined) return locked;
  throw new CcrunError(
    "usage",
    `cannot use --results ${path}: another ccrun batch uses it`,
    "wait until that one has ended, or name another file",
  );
}

async function readResults(path: string, file: Deno.FsFile): Promise<FileHistory> {
  try {
    return await readHistory(file);
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot read --results ${path}: ${describeReadError(error)}`,
      "name another file, or remove the line",
    );
  }
}

/** Makes a file end with a newline after its last result. Returns its size. */
async function repair(
  path: string,
  file: Deno.FsFile,
  last: ResultLine | undefined,
): Promise<number> {
  try {
    if (last?.hasNewline === false) {
      if (last.result === undefined) await file.truncate(last.start);
      else await writeAll(file, encoder.encode("\n"));
    }
    return (await file.stat()).size;
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): CcrunError {
  const reason = describeWriteError(error);
  return new CcrunError("usage", `cannot write --results ${path}: ${reason}`, "name another file");
}

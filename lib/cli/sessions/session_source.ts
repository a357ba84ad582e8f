/**
 * Which sessions `ccrun sessions` reads.
 *
 * @module
 */

import { belongsToOtherWorkspace } from "../../claude/sessions/list.ts";
import { type ReadSession, readSessionsInOrder } from "../../claude/sessions/session_reader.ts";
import {
  findAllSessionFiles,
  findSessionFiles,
  type SessionFile,
} from "../../claude/sessions/store.ts";
import { workspaceProblem } from "../../run/workspace.ts";
import { homeDirectory } from "../../util/home_directory.ts";
import { getSwitch, getText, getWorkspace, type Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { parseSince } from "./since.ts";
import { SkippedFiles } from "./skipped_files.ts";

interface SessionSourceParts {
  readonly files: readonly SessionFile[];
  readonly cwd?: string;
  readonly home: string | undefined;
  readonly sinceMs: number | undefined;
  readonly skipped: SkippedFiles;
}

/** The sessions that the options select. */
export class SessionSource {
  /** The files that can contain the sessions, newest first. */
  readonly files: readonly SessionFile[];
  /** The workspace of the sessions; undefined for all workspaces. */
  readonly cwd: string | undefined;
  /** The home directory, if it is known. */
  readonly home: string | undefined;
  /** The time of `--since` in milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly #skipped: SkippedFiles;

  private constructor({ files, cwd, home, sinceMs, skipped }: SessionSourceParts) {
    this.files = files.filter(({ updatedMs }) => updatedMs >= (sinceMs ?? -Infinity));
    this.cwd = cwd;
    this.home = home;
    this.sinceMs = sinceMs;
    this.#skipped = skipped;
  }

  /**
   * Finds the sessions that the options select.
   *
   * @throws {CcrunError} `usage` if the workspace or its sessions cannot be read
   */
  static async find(options: Options, { cwd, env }: HostInfo): Promise<SessionSource> {
    const location = { cwd: getWorkspace(options, cwd), env, home: await homeDirectory(env) };
    const problem = await workspaceProblem(location.cwd);
    if (problem !== undefined) throw problem;
    const skipped = new SkippedFiles();
    const since = getText(options, "since");
    const sinceMs = since === undefined ? undefined : parseSince(since, Date.now());
    const found = getSwitch(options, "all") === true
      ? { files: await findAllSessionFiles(location, skipped.add) }
      : await findSessionFiles(location);
    return new SessionSource({ ...found, home: location.home, sinceMs, skipped });
  }

  /** Reads the sessions in some files, in their order. */
  async *read(files: Iterable<SessionFile>, signal?: AbortSignal): AsyncGenerator<ReadSession> {
    const { cwd } = this;
    const sessions = readSessionsInOrder(files, { signal, onSkip: this.#skipped.add });
    for await (const session of sessions) {
      if (cwd === undefined || !belongsToOtherWorkspace(session.record, cwd)) yield session;
    }
  }

  /** Prints a warning if files could not be read. */
  reportSkipped(): void {
    this.#skipped.report();
  }
}

/**
 * Reads a stored session: the transcript, and the files of its subagents.
 *
 * @module
 */

import { timeOf } from "../claude/transcript/entries.ts";
import { findSubagentCalls, type SubagentCall } from "../claude/transcript/subagent_calls.ts";
import {
  belongsTo,
  readSubagentFile,
  type SubagentFile,
} from "../claude/transcript/subagent_files.ts";
import {
  listSiblingSubagentPaths,
  listSubagentPaths,
} from "../claude/transcript/subagent_paths.ts";
import { GrowingFile, type GrowingFileOptions, MISSING_LIMIT_MS } from "../stream/growing_file.ts";
import { GrowingLines } from "../stream/growing_lines.ts";
import { isOutOfFiles } from "../util/file_errors.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";
import { pollUntil } from "../util/poll_until.ts";
import { earliest, EntrySource, type SessionEntry } from "./entry_source.ts";

/** Options for {@linkcode readSessionEntries}. */
export interface SessionEntriesOptions extends Pick<GrowingFileOptions, "onChange"> {
  /** Returns whether the session is over. Then the reading ends. @default at the end of the files */
  readonly isOver?: (() => boolean | Promise<boolean>) | undefined;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Yields the entries of a session and of its subagents in the order of their times. Those of a subagent
 * have its call as `parent_tool_use_id`, if its file tells it.
 *
 * @param path the transcript
 * @throws if it cannot be read
 */
export async function* readSessionEntries(
  path: string,
  { isOver, signal, onChange }: SessionEntriesOptions,
): AsyncGenerator<SessionEntry, void, void> {
  const isGrowing = isOver !== undefined;
  const file = await GrowingFile.open(path, { onChange, signal });
  using files = new SessionFiles(path, { file, isGrowing, signal });
  if (isOver === undefined) {
    yield* files.read();
  } else {
    const isLost = () => files.missingMs > MISSING_LIMIT_MS;
    for await (const _ of pollUntil(() => isLost() || isOver(), signal)) yield* files.read();
  }
  yield* files.end();
}

interface SessionFilesOptions {
  /** The transcript. */
  readonly file: GrowingFile;
  /** Whether files are read on from where they ended. */
  readonly isGrowing: boolean;
  readonly signal: AbortSignal;
}

/** The files of a session. */
class SessionFiles implements Disposable {
  readonly #path: string;
  readonly #main: EntrySource;
  readonly #isGrowing: boolean;
  readonly #signal: AbortSignal;
  /** The subagents whose first entry has been read. */
  #subagents: EntrySource[] = [];
  /** The subagents that start later, the first one first. */
  #waiting: StartedSubagent[] = [];
  #knownPaths = new Set<string>();
  #isFirstTime = true;
  /** Whether the transcript has begun. Some versions start subagents of their own before. */
  #hasBegun = false;
  #calls: ReadonlyMap<string, SubagentCall> | undefined;
  /** What followed the last complete line of the files that have been closed. */
  #rests: SessionEntry[] = [];

  constructor(path: string, { file, isGrowing, signal }: SessionFilesOptions) {
    this.#path = path;
    this.#main = new EntrySource(file);
    this.#isGrowing = isGrowing;
    this.#signal = signal;
  }

  get missingMs(): number {
    return this.#main.missingMs;
  }

  /** Yields the entries that were written since the last call. */
  async *read(): AsyncGenerator<SessionEntry, void, void> {
    await this.#main.begin();
    await this.#findSubagents();
    for (const source of this.#subagents) await source.begin();
    while (true) {
      await this.#startSubagents();
      const source = earliest([this.#main, ...this.#subagents]);
      if (source?.head === undefined) return;
      this.#hasBegun = true;
      yield source.head;
      await source.next();
      if (source !== this.#main) this.#closeIfDone(source);
    }
  }

  /** Closes a file that has been read. A session can have more subagents than files can be open. */
  #closeIfDone(source: EntrySource): void {
    if (this.#isGrowing || source.head !== undefined) return;
    const rest = source.end();
    if (rest !== undefined) this.#rests.push(rest);
    source[Symbol.dispose]();
    this.#subagents.splice(this.#subagents.indexOf(source), 1);
  }

  /** Yields what follows the last complete line of each file. */
  *end(): Generator<SessionEntry, void, void> {
    for (const source of [this.#main, ...this.#subagents]) {
      const rest = source.end();
      if (rest !== undefined) yield rest;
    }
    yield* this.#rests;
  }

  [Symbol.dispose](): void {
    for (const source of [this.#main, ...this.#subagents]) source[Symbol.dispose]();
  }

  async #findSubagents(): Promise<void> {
    const siblings = this.#isFirstTime ? await listSiblingSubagentPaths(this.#path) : [];
    this.#isFirstTime = false;
    for (const path of siblings) await this.#addSubagent(path, true);
    for (const path of await listSubagentPaths(this.#path)) {
      if (!this.#knownPaths.has(path)) await this.#addSubagent(path, false);
    }
    this.#waiting.sort((a, b) => a.startedMs - b.startedMs);
  }

  async #addSubagent(path: string, isSibling: boolean): Promise<void> {
    const first = await readFirstEntry(path, this.#signal);
    // The file of a subagent that has just started can be empty.
    if (first === undefined) return;
    this.#knownPaths.add(path);
    if (isSibling && !belongsTo(first, this.#path)) return;
    const subagent = await readSubagentFile(path);
    const startedMs = timeOf(first) ?? 0;
    if (subagent.call !== undefined) {
      this.#waiting.push({ ...subagent, startedMs });
      return;
    }
    this.#calls ??= await readSubagentCalls(this.#path, this.#signal);
    const call = this.#calls.get(String(first["agentId"]));
    // The transcript can have the call later than the first entry of its subagent.
    const sinceMs = Math.max(startedMs, call?.timeMs ?? 0);
    this.#waiting.push({ ...subagent, call: call?.id, startedMs: sinceMs });
  }

  /** Opens the files of the subagents that have started before everything else that is read next. */
  async #startSubagents(): Promise<void> {
    while (this.#hasBegun) {
      const [next] = this.#waiting;
      const current = earliest([this.#main, ...this.#subagents]);
      if (next === undefined || (current?.timeMs ?? Infinity) <= next.startedMs) return;
      this.#waiting.shift();
      const file = await openIfReadable(next.path, this.#signal);
      if (file === undefined) continue;
      const source = new EntrySource(file, next);
      this.#subagents.push(source);
      await source.begin();
      this.#closeIfDone(source);
    }
  }
}

/** Opens a file, unless that one cannot be read. @throws if no file can be opened */
async function openIfReadable(
  path: string,
  signal: AbortSignal,
): Promise<GrowingFile | undefined> {
  try {
    return await GrowingFile.open(path, { signal });
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return undefined;
  }
}

interface StartedSubagent extends SubagentFile {
  readonly startedMs: number;
}

/** Returns the first entry of a file that another program may be writing. */
async function readFirstEntry(
  path: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    using lines = new GrowingLines(await GrowingFile.open(path, { signal }));
    const { value } = await lines.read().next();
    return parseJsonObject(value ?? lines.end() ?? "");
  } catch {
    return undefined;
  }
}

async function readSubagentCalls(
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SubagentCall>> {
  try {
    using lines = new GrowingLines(await GrowingFile.open(path, { signal }));
    return await findSubagentCalls(lines.read());
  } catch {
    return new Map();
  }
}

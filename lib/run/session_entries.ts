/**
 * Reads a stored session: the transcript, and the files of its subagents.
 *
 * @module
 */

import { findSubagentCalls, type SubagentCall } from "../claude/transcript/subagent_calls.ts";
import { readRecordedTotal } from "../claude/transcript/recorded_total.ts";
import {
  asStreamed,
  belongsTo,
  listSiblingSubagentPaths,
  listSubagentPaths,
  readSubagentFile,
  type SubagentFile,
} from "../claude/transcript/subagent_files.ts";
import { GrowingFile, type GrowingFileOptions } from "../stream/growing_file.ts";
import { GrowingLines } from "../stream/growing_lines.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";
import { isTime } from "../util/plausible.ts";
import { pollUntil } from "../util/poll_until.ts";

/** Options for {@linkcode readSessionEntries}. */
export interface SessionEntriesOptions extends GrowingFileOptions {
  /** Returns whether the session is over. Then the reading ends. @default at the end of the files */
  readonly isOver?: (() => boolean | Promise<boolean>) | undefined;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** An entry of a transcript, or a line that is none. */
export type SessionEntry = JsonObject | string;

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
  using files = new SessionFiles(path, await GrowingFile.open(path, { onChange }));
  if (isOver === undefined) {
    yield* files.read();
  } else {
    const isLost = () => files.missingMs > MISSING_LIMIT_MS;
    for await (const _ of pollUntil(() => isLost() || isOver(), signal)) yield* files.read();
  }
  yield* files.end();
}

/** How long a transcript can be missing before it counts as removed, in milliseconds. */
const MISSING_LIMIT_MS = 5_000;

/** The files of a session. */
class SessionFiles implements Disposable {
  readonly #path: string;
  readonly #main: EntrySource;
  /** The subagents whose first entry has been read. */
  #subagents: EntrySource[] = [];
  /** The subagents that start later, the first one first. */
  #waiting: StartedSubagent[] = [];
  #knownPaths = new Set<string>();
  #isFirstTime = true;
  #calls: ReadonlyMap<string, SubagentCall> | undefined;

  constructor(path: string, file: GrowingFile) {
    this.#path = path;
    this.#main = new EntrySource(file);
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
      if (source === undefined) return;
      yield source.head as SessionEntry;
      await source.next();
    }
  }

  /** Yields what follows the last complete line of each file. */
  *end(): Generator<SessionEntry, void, void> {
    for (const source of [this.#main, ...this.#subagents]) {
      const rest = source.end();
      if (rest !== undefined) yield rest;
    }
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
    const first = await readFirstEntry(path);
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
    this.#calls ??= await readSubagentCalls(this.#path);
    const call = this.#calls.get(String(first["agentId"]));
    // The transcript can have the call later than the first entry of its subagent.
    const sinceMs = Math.max(startedMs, call?.timeMs ?? 0);
    this.#waiting.push({ ...subagent, call: call?.id, startedMs: sinceMs });
  }

  /** Opens the files of the subagents that have started before everything else that is read next. */
  async #startSubagents(): Promise<void> {
    while (true) {
      const [next] = this.#waiting;
      const current = earliest([this.#main, ...this.#subagents]);
      if (next === undefined || (current?.timeMs ?? Infinity) <= next.startedMs) return;
      this.#waiting.shift();
      const file = await GrowingFile.open(next.path).catch(() => undefined);
      if (file === undefined) continue;
      const source = new EntrySource(file, next);
      await source.begin();
      this.#subagents.push(source);
    }
  }
}

interface StartedSubagent extends SubagentFile {
  readonly startedMs: number;
}

/** How many entries are read ahead to find the time of a total. */
const MAX_AHEAD = 100;

/** Reads the entries of one file. */
class EntrySource implements Disposable {
  readonly #lines: GrowingLines;
  readonly #subagent: SubagentFile | undefined;
  #reading: AsyncGenerator<string, void, void> | undefined;
  /** The next entry, and those that were read to find its time. */
  #ahead: SessionEntry[] = [];
  /**
   * When the next entry was written. One without a time belongs to the one before. But the total of a run
   * follows everything that its subagents did, so it belongs to what comes after it.
   */
  timeMs = 0;

  constructor(file: GrowingFile, subagent?: SubagentFile) {
    this.#lines = new GrowingLines(file);
    this.#subagent = subagent;
  }

  get missingMs(): number {
    return this.#lines.missingMs;
  }

  /** The next entry; undefined if no more was written so far. */
  get head(): SessionEntry | undefined {
    return this.#ahead[0];
  }

  /** Reads on from where the file ended before. */
  async begin(): Promise<void> {
    this.#reading = this.#lines.read();
    await this.#readAhead();
  }

  /** Reads the next entry. */
  async next(): Promise<void> {
    this.#ahead.shift();
    if (this.#ahead.length === 0) await this.#readAhead();
  }

  async #readAhead(): Promise<void> {
    while (this.#ahead.length < MAX_AHEAD) {
      const line = await this.#reading?.next();
      if (line?.value === undefined) {
        if (this.#ahead.length > 0) this.timeMs = Infinity;
        return;
      }
      const entry = this.#parse(line.value);
      if (entry === "") continue;
      this.#ahead.push(entry);
      const timeMs = typeof entry === "object" ? timeOf(entry) : undefined;
      if (timeMs !== undefined) this.timeMs = timeMs;
      if (timeMs !== undefined || !isTotal(this.#ahead[0])) return;
    }
  }

  /** Returns what follows the last complete line. */
  end(): SessionEntry | undefined {
    const rest = this.#lines.end();
    return rest === undefined ? undefined : this.#parse(rest) || undefined;
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }

  /** Returns the entry of a line, or the line if it is none. */
  #parse(line: string): SessionEntry {
    const entry = parseJsonObject(line);
    const subagent = this.#subagent;
    if (entry === undefined || subagent === undefined) return entry ?? line;
    const { call } = subagent;
    const own = asStreamed(entry, subagent);
    return call === undefined ? own : { ...own, parent_tool_use_id: call };
  }
}

/** Returns the source whose next entry is the earliest. */
function earliest(sources: readonly EntrySource[]): EntrySource | undefined {
  let first: EntrySource | undefined;
  for (const source of sources) {
    if (source.head === undefined) continue;
    if (first === undefined || source.timeMs < first.timeMs) first = source;
  }
  return first;
}

/** Returns the first entry of a file that another program may be writing. */
async function readFirstEntry(path: string): Promise<JsonObject | undefined> {
  try {
    using lines = new GrowingLines(await GrowingFile.open(path));
    const { value } = await lines.read().next();
    return parseJsonObject(value ?? lines.end() ?? "");
  } catch {
    return undefined;
  }
}

async function readSubagentCalls(path: string): Promise<ReadonlyMap<string, SubagentCall>> {
  try {
    using lines = new GrowingLines(await GrowingFile.open(path));
    return await findSubagentCalls(lines.read());
  } catch {
    return new Map();
  }
}

function isTotal(entry: SessionEntry | undefined): boolean {
  return typeof entry === "object" && readRecordedTotal(entry) !== undefined;
}

function timeOf(entry: JsonObject): number | undefined {
  const time = entry["timestamp"];
  return isTime(time) ? Date.parse(time) : undefined;
}

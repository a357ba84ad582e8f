import { timeOf } from "../claude/transcript/entries.ts";
import { readRecordedTotal } from "../claude/transcript/recorded_total.ts";
import { asStreamed, type SubagentFile } from "../claude/transcript/subagent_files.ts";
import type { GrowingFile } from "../stream/growing_file.ts";
import { GrowingLines } from "../stream/growing_lines.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";

/** How many entries are read ahead to find the time of a total. */
const MAX_AHEAD = 100;

/** An entry of a transcript, or a line that is none. */
export type SessionEntry = JsonObject | string;

/** Reads the entries of one file. */
export class EntrySource implements Disposable {
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
export function earliest(sources: readonly EntrySource[]): EntrySource | undefined {
  let first: EntrySource | undefined;
  for (const source of sources) {
    if (source.head === undefined) continue;
    if (first === undefined || source.timeMs < first.timeMs) first = source;
  }
  return first;
}

function isTotal(entry: SessionEntry | undefined): boolean {
  return typeof entry === "object" && readRecordedTotal(entry) !== undefined;
}

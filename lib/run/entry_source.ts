import { timeOf } from "../claude/transcript/entries.ts";
import { asStreamed, type SubagentFile } from "../claude/transcript/subagent_files.ts";
import type { GrowingFile } from "../stream/growing_file.ts";
import { GrowingLines } from "../stream/growing_lines.ts";
import { type JsonObject, parseJsonObject } from "../util/json.ts";

/** An entry of a transcript, or a line that is none. */
export type SessionEntry = JsonObject | string;

/** Reads the entries of one file. */
export class EntrySource implements Disposable {
  readonly #lines: GrowingLines;
  readonly #subagent: SubagentFile | undefined;
  #reading: AsyncGenerator<string, void, void> | undefined;
  /** The next entry; undefined if no more was written so far. */
  head: SessionEntry | undefined;
  /** When it was written. An entry without a time belongs to the one before. */
  timeMs = 0;

  constructor(file: GrowingFile, subagent?: SubagentFile) {
    this.#lines = new GrowingLines(file);
    this.#subagent = subagent;
  }

  get missingMs(): number {
    return this.#lines.missingMs;
  }

  /** Reads on from where the file ended before. */
  async begin(): Promise<void> {
    this.#reading = this.#lines.read();
    await this.next();
  }

  /** Reads the next entry. */
  async next(): Promise<void> {
    do {
      const line = await this.#reading?.next();
      this.head = line?.value === undefined ? undefined : this.#parse(line.value);
    } while (this.head === "");
    if (typeof this.head === "object") this.timeMs = timeOf(this.head) ?? this.timeMs;
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

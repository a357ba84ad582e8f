import { escapeLine } from "../../terminal/escape_commands.ts";
import type { Annotation, AnnotationLevel, CiLog } from "../../terminal/ci_log.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import { LiveRegion } from "../../terminal/live_region.ts";
import type { Terminal } from "../../terminal/terminal.ts";

/** The kind of a block. A blank line surrounds headers, texts and the end; the others stand together. */
export type BlockKind = "header" | "text" | "tool" | "note" | "end";

/** A row that is painted below everything else, because it may still grow. */
export interface Tail {
  readonly row: string;
  readonly depth: number;
}

/** Options for {@linkcode BlockWriter}. */
export interface BlockWriterOptions {
  /** Returns the status row, or undefined if there is none. */
  status: (columns: number) => string | undefined;
  /** Returns the unfinished row of a text that is being generated. */
  tail: () => Tail | undefined;
  /** The CI system that records the log. */
  ci?: CiLog | undefined;
}

/** Precedes the lines of a subagent, once per level. */
const BAR = "│ ";

/** Deeper levels look the same. */
const MAX_BARS = 8;

/** One bar for every ten columns at most, so that narrow terminals have room for text. */
const COLUMNS_PER_BAR = 10;

/**
 * The maximum size of the progress in a CI log. GitLab cuts the log of a job at 4 MiB, and the end,
 * which other programs and the answer share, is what matters most.
 */
const MAX_LOG_BYTES = 3 * 1024 * 1024;

const LOG_IS_FULL = "· the log is full; only the end of the run follows";

/** GitLab may put a time stamp before each line. */
const TIME_STAMP_BYTES = 32;

/**
 * Writes progress in blocks: it separates and indents them, limits their size in a CI log, and repaints
 * the live rows below them. Everything that one event prints is written at once.
 */
export class BlockWriter {
  readonly #writer: BufferedWriter;
  readonly #terminal: Terminal;
  readonly #options: BlockWriterOptions;
  readonly #live: LiveRegion;
  #out = "";
  #last: { kind: BlockKind; depth: number } | undefined;
  #lastBlockId: string | undefined;
  #printBefore: (() => void) | undefined;
  #availableBytes = Infinity;
  #bypassesLimit = false;
  #sentTail: string | undefined;

  /** Creates a writer with no blocks. */
  constructor(writer: BufferedWriter, terminal: Terminal, options: BlockWriterOptions) {
    this.#writer = writer;
    this.#terminal = terminal;
    this.#options = options;
    this.#live = new LiveRegion(terminal);
    if (options.ci !== undefined) this.#availableBytes = MAX_LOG_BYTES;
  }

  /** The id that was passed to the last {@linkcode BlockWriter.startBlock}. */
  get lastBlockId(): string | undefined {
    return this.#lastBlockId;
  }

  /** Returns the columns for a line of a block; undefined if there is no limit. */
  availableColumns(depth: number): number | undefined {
    const columns = this.#terminal.columns();
    return columns === undefined ? undefined : columns - 1 - this.#bars(depth).length;
  }

  /** Calls `print` before the next block is started. */
  printBefore(print: () => void): void {
    this.#printBefore = print;
  }

  /** Starts a block, after a blank line if one belongs there. */
  startBlock(kind: BlockKind, depth: number, id?: string): void {
    const print = this.#printBefore;
    this.#printBefore = undefined;
    print?.();
    if (this.#needsBlankLine(kind, depth)) {
      this.write("", Math.min(this.#last?.depth ?? 0, depth));
    }
    this.#last = { kind, depth };
    this.#lastBlockId = id;
  }

  #needsBlankLine(kind: BlockKind, depth: number): boolean {
    if (this.#last === undefined) return false;
    // The first line of a subagent stands right below its call.
    if (this.#last.kind === "tool" && depth > this.#last.depth) return false;
    return isSeparate(this.#last.kind) || isSeparate(kind);
  }

  /** Writes a styled line of the current block. */
  write(line: string, depth: number): void {
    this.#append(this.#formatLine(line, depth));
  }

  /** Writes lines that a CI log collapses below a title. */
  writeGroup(title: string, lines: readonly string[], depth: number, ms?: number): void {
    const body = lines.map((line) => this.#formatLine(line, depth)).join("");
    const { ci } = this.#options;
    this.#append(ci === undefined ? body : ci.group(this.#styledBars(depth) + title, body, ms));
  }

  /**
   * Writes an annotation in the current block.
   *
   * @returns whether the CI system has annotations, and shows this one in its log
   */
  annotate(level: AnnotationLevel, annotation: Annotation): boolean {
    const { ci } = this.#options;
    const command = ci?.annotate(level, annotation);
    const notice = ci?.nextNotice();
    if (notice !== undefined) this.write(this.#terminal.styles.dim(`· ${notice}`), 0);
    if (command !== undefined) this.bypassLimit(() => this.#append(command));
    return command !== undefined;
  }

  /** Lets `print` write even if the log is full. */
  bypassLimit(print: () => void): void {
    const before = this.#bypassesLimit;
    this.#bypassesLimit = true;
    print();
    this.#bypassesLimit = before;
  }

  /** Sends what was written since the last call, with the live rows below it. */
  flush(): void {
    const tail = this.#terminal.live ? this.#options.tail()?.row : undefined;
    if (this.#out !== "" || tail !== this.#sentTail) this.#send(this.#liveRows());
    this.#sentTail = tail;
  }

  /** Repaints the live rows, unless the terminal is slower than the repainting. */
  repaint(): void {
    if (this.#writer.pending === 0) this.#send(this.#liveRows());
  }

  /** Sends everything that was written and removes the live rows. */
  close(): void {
    this.#send([]);
  }

  #send(rows: readonly string[]): void {
    const text = this.#live.erase() + this.#out + this.#live.paint(rows);
    this.#out = "";
    if (text !== "") this.#writer.write(text);
  }

  #liveRows(): string[] {
    const columns = this.#terminal.columns();
    if (!this.#terminal.live || columns === undefined) return [];
    const rows: string[] = [];
    const tail = this.#options.tail();
    if (tail !== undefined) {
      const isContinued = this.#last?.kind === "text" && this.#last.depth === tail.depth;
      if (!isContinued && this.#needsBlankLine("text", tail.depth)) rows.push("");
      rows.push(this.#styledBars(tail.depth) + tail.row);
    }
    const status = this.#options.status(columns - 1);
    if (status !== undefined) rows.push(status);
    return rows;
  }

  #append(text: string): void {
    if (this.#bypassesLimit || this.#availableBytes === Infinity) {
      this.#out += text;
      return;
    }
    if (this.#availableBytes <= 0) return;
    const lines = text.split("\n").length - 1;
    this.#availableBytes -= new TextEncoder().encode(text).length + TIME_STAMP_BYTES * lines;
    this.#out += this.#availableBytes > 0 ? text : this.#terminal.styles.dim(LOG_IS_FULL) + "\n";
  }

  #formatLine(line: string, depth: number): string {
    if (line === "") return `${this.#styledBars(depth, true)}\n`;
    const isLog = this.#terminal.columns() === undefined;
    return `${this.#styledBars(depth)}${isLog ? escapeLine(line) : line}\n`;
  }

  #styledBars(depth: number, isAlone = false): string {
    const bars = this.#bars(depth);
    return this.#terminal.styles.dim(isAlone ? bars.trimEnd() : bars);
  }

  #bars(depth: number): string {
    const columns = this.#terminal.columns() ?? Infinity;
    return BAR.repeat(Math.min(depth, MAX_BARS, Math.floor(columns / COLUMNS_PER_BAR)));
  }
}

function isSeparate(kind: BlockKind): boolean {
  return kind === "header" || kind === "text" || kind === "end";
}

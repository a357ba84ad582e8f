import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { Annotation, AnnotationLevel, CiLog } from "../../terminal/ci_log.ts";
import { escapeLogCommands } from "../../terminal/escape_commands.ts";
import { LiveRegion } from "../../terminal/live_region.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { toolTitle } from "../tool_label.ts";
import type { ToolCall, ToolCalls } from "../tool_calls.ts";
import { LogLimit } from "./log_limit.ts";
import { SubagentSections } from "./subagent_sections.ts";

/** Lines that belong together. */
export interface Block {
  /** Blank lines separate headers, texts and the end. Tools and notes follow each other directly. */
  readonly kind: "header" | "text" | "tool" | "note" | "end";
  /** The call that started the subagent whose block it is; absent for the main agent. */
  readonly parent?: string | undefined;
  /** Identifies the block as long as it is the last one. */
  readonly id?: string | undefined;
  /** Whether the block is written even if the log is full. */
  readonly isEssential?: boolean | undefined;
}

/** Options for {@linkcode BlockWriter}. */
export interface BlockWriterOptions {
  terminal: Terminal;
  /** The calls of the run. Those that started subagents are the titles of the subagents' sections. */
  calls: ToolCalls;
  /** Called before a block is started. It may write a block itself. */
  beforeBlock: () => void;
  /** Returns the unfinished row of a text that is being generated. */
  unfinishedRow: () => string | undefined;
  /** Returns the status row, or undefined if there is none. */
  statusRow: (columns: number) => string | undefined;
  /** The CI system that records the log. */
  ci: CiLog | undefined;
}

/** Precedes the lines of a subagent, once per level. */
const BAR = "│ ";

/** Deeper levels have no more bars. */
const MAX_BARS = 8;

/** One bar for every ten columns at most, so that narrow terminals have room for text. */
const COLUMNS_PER_BAR = 10;

/** More output of one event is sent in parts, to need less memory. */
const MAX_UNSENT_LENGTH = 64 * 1024;

const LOG_IS_FULL = "· the log is full; only the end of the run follows";

/**
 * Writes progress in blocks: it separates and indents them, limits their size in a CI log, and repaints
 * the live rows below them. What one event prints is written at once, unless it is long.
 */
export class BlockWriter {
  readonly #writer: BufferedWriter;
  readonly #options: BlockWriterOptions;
  readonly #live: LiveRegion;
  readonly #sections: SubagentSections;
  readonly #logLimit: LogLimit | undefined;
  /** The block that is being written. */
  #block: Block | undefined;
  /** The depth of that block. */
  #depth = 0;
  #unsent: string[] = [];
  #unsentLength = 0;
  #paintedRow: string | undefined;

  /** Creates a writer with no blocks. */
  constructor(writer: BufferedWriter, options: BlockWriterOptions) {
    const { terminal, calls, ci } = options;
    this.#writer = writer;
    this.#options = options;
    this.#live = new LiveRegion(terminal);
    this.#sections = new SubagentSections(calls);
    if (ci !== undefined) this.#logLimit = new LogLimit(`${terminal.styles.dim(LOG_IS_FULL)}\n`);
  }

  /** Whether a CI system reads the output. */
  get isCiLog(): boolean {
    return this.#options.ci !== undefined;
  }

  /** The id of the last block. */
  get lastBlockId(): string | undefined {
    return this.#block?.id;
  }

  /** Returns the columns for a line of a subagent, or of the main agent; undefined if unlimited. */
  availableColumns(parent?: string): number | undefined {
    const columns = this.#options.terminal.columns();
    if (columns === undefined) return undefined;
    return columns - 1 - this.#bars(this.#options.calls.depthOf(parent)).length;
  }

  /** Starts a block, after a blank line if one belongs there. */
  startBlock(block: Block): void {
    this.#options.beforeBlock();
    const { parent, isEssential } = block;
    for (const call of this.#sections.enter(parent, this.lastBlockId)) {
      this.#start({ kind: "tool", parent: call.parent, isEssential });
      this.write(this.#sectionTitle(call));
    }
    this.#start(block);
  }

  #start(block: Block): void {
    const depth = this.#options.calls.depthOf(block.parent);
    const needsBlankLine = this.#needsBlankLine(block.kind, depth);
    const blankLineDepth = Math.min(this.#depth, depth);
    this.#block = block;
    this.#depth = depth;
    if (needsBlankLine) this.#append(this.#formatLine("", blankLineDepth));
  }

  #needsBlankLine(kind: Block["kind"], depth: number): boolean {
    if (this.#block === undefined) return false;
    // The first line of a subagent is right below its call.
    if (this.#block.kind === "tool" && depth > this.#depth) return false;
    return isSeparate(this.#block.kind) || isSeparate(kind);
  }

  #sectionTitle({ label, parent }: ToolCall): string {
    const { styles } = this.#options.terminal;
    const columns = this.availableColumns(parent);
    const mark = styles.dim("↳");
    return toolTitle(label, { mark, columns, styles, style: styles.dim, isRepeated: true });
  }

  /** Writes a styled line of the current block. */
  write(line: string): void {
    this.#append(this.#formatLine(line, this.#depth));
  }

  /**
   * Writes lines that a CI log collapses below a title.
   *
   * @param ms how long the tool ran whose output the lines are
   */
  writeGroup(title: string, lines: readonly string[], ms?: number): void {
    const { ci, terminal: { styles } } = this.#options;
    const body = lines.map((line) => this.#formatLine(line, this.#depth)).join("");
    const bars = styles.dim(this.#bars(this.#depth));
    this.#append(ci?.group(bars + title, body, ms) ?? body);
  }

  /**
   * Writes an annotation in the current block.
   *
   * @returns whether the CI system has annotations, and shows this one in its log
   */
  annotate(level: AnnotationLevel, annotation: Annotation): boolean {
    const { ci, terminal: { styles } } = this.#options;
    const { command = "", notice } = ci?.annotate(level, annotation) ?? {};
    if (notice !== undefined) this.#append(this.#formatLine(styles.dim(`· ${notice}`), 0));
    // Annotations are few, so they are written even if the log is full.
    this.#unsent.push(command);
    return command !== "";
  }

  /** Sends what was written since the last call, with the live rows below it. */
  flush(): void {
    const row = this.#options.terminal.canRepaint ? this.#options.unfinishedRow() : undefined;
    if (this.#unsent.length > 0 || row !== this.#paintedRow) this.#send(this.#liveRows(row));
    this.#paintedRow = row;
  }

  /** Repaints the live rows, unless the terminal is slower than the repainting. */
  repaint(): void {
    if (this.#writer.pending === 0) this.#send(this.#liveRows(this.#options.unfinishedRow()));
  }

  /** Sends everything that was written and removes the live rows. */
  close(): void {
    this.#send([]);
  }

  #send(rows: readonly string[]): void {
    const text = this.#live.update(this.#unsent.join(""), rows);
    this.#unsent = [];
    this.#unsentLength = 0;
    if (text !== "") this.#writer.write(text);
  }

  #liveRows(unfinished: string | undefined): string[] {
    const { terminal, statusRow } = this.#options;
    const columns = terminal.columns();
    if (!terminal.canRepaint || columns === undefined) return [];
    const rows: string[] = [];
    if (unfinished !== undefined) {
      const isContinued = this.#block?.kind === "text" && this.#depth === 0;
      if (!isContinued && this.#needsBlankLine("text", 0)) rows.push("");
      rows.push(unfinished);
    }
    const status = statusRow(columns - 1);
    if (status !== undefined) rows.push(status);
    return rows;
  }

  #append(text: string): void {
    const isUnlimited = this.#logLimit === undefined || this.#block?.isEssential;
    const written = isUnlimited ? text : this.#logLimit.apply(text);
    this.#unsent.push(written);
    this.#unsentLength += written.length;
    if (this.#unsentLength < MAX_UNSENT_LENGTH) return;
    this.#send([]);
    this.#paintedRow = undefined;
  }

  #formatLine(line: string, depth: number): string {
    const { terminal } = this.#options;
    const bars = this.#bars(depth);
    if (line === "") return `${terminal.styles.dim(bars.trimEnd())}\n`;
    const isLog = terminal.columns() === undefined;
    return `${terminal.styles.dim(bars)}${isLog ? escapeLogCommands(line) : line}\n`;
  }

  #bars(depth: number): string {
    const columns = this.#options.terminal.columns() ?? Infinity;
    return BAR.repeat(Math.min(depth, MAX_BARS, Math.floor(columns / COLUMNS_PER_BAR)));
  }
}

function isSeparate(kind: Block["kind"]): boolean {
  return kind === "header" || kind === "text" || kind === "end";
}

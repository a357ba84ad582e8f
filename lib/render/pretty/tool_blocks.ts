import type { Style, Styles } from "../../terminal/styles.ts";
import type { BlockWriter } from "./block_writer.ts";
import type { SubagentSections } from "./subagent_sections.ts";
import { formatToolLabel, type ToolLabel } from "../tool_label.ts";
import { OUTPUT_INDENT } from "./tool_output.ts";

/** A tool call that was shown. */
export interface ToolCall {
  label: ToolLabel;
  readonly depth: number;
  readonly parent: string | undefined;
  /** When it was called, by the clock. */
  startedAt: number;
  status: "running" | "ended";
  hasFailed: boolean;
  /** Why it was denied; undefined if it was not. */
  denial: string | undefined;
  /** The last text of the subagent that it started. */
  lastText: string;
}

/** The result of a tool call, and where it stands. */
export interface ToolResult {
  readonly text: string;
  /** Whether it stands right below its call. */
  readonly isBelowCall: boolean;
  /** How long the tool ran; empty if that was short. */
  readonly time: string;
  readonly ms: number | undefined;
}

/** Prints the titles of tool calls and the lines below them. */
export class ToolBlocks {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  readonly #sections: SubagentSections;
  readonly #maxColumns: number | undefined;

  /**
   * Creates a printer that writes to `writer`.
   *
   * @param maxColumns the width of a title. @default the available columns
   */
  constructor(
    writer: BlockWriter,
    styles: Styles,
    sections: SubagentSections,
    maxColumns?: number,
  ) {
    this.#writer = writer;
    this.#styles = styles;
    this.#sections = sections;
    this.#maxColumns = maxColumns;
  }

  /** Starts a block of a call. */
  start(call: ToolCall, id?: string): void {
    this.#sections.startSection(call.parent);
    this.#writer.startBlock("tool", call.depth, id);
  }

  /** Returns the title of a call. */
  title(call: ToolCall, mark: string, markStyle: Style): string {
    return this.#format(call.label, call.depth, mark, markStyle, this.#styles.plain, "");
  }

  /** Returns the title of a call that was shown before, which needs no suffix. */
  titleAgain(
    { label, depth }: ToolCall,
    mark: string,
    markStyle: Style,
    style: Style,
    note: string,
  ): string {
    return this.#format({ ...label, suffix: "" }, depth, mark, markStyle, style, note);
  }

  /** Prints the title of a call whose result does not stand right below it. */
  printAgain(call: ToolCall, mark: string, markStyle: Style, style: Style, note: string): void {
    this.start(call);
    this.#writer.write(this.titleAgain(call, mark, markStyle, style, note), call.depth);
  }

  /** Prints lines below a call: the first behind a mark, the others under it. */
  printBody(
    lines: readonly string[],
    { depth }: ToolCall,
    mark = "└",
    markStyle: Style = this.#styles.dim,
  ): void {
    for (const [at, line] of lines.entries()) {
      this.#writer.write(at === 0 ? `  ${markStyle(mark)} ${line}` : OUTPUT_INDENT + line, depth);
    }
  }

  /** Returns whether a title has only a part of the argument. */
  isCut(label: ToolLabel): boolean {
    const title = this.#format(label, 0, "●", this.#styles.plain, this.#styles.plain, "");
    return !title.includes(label.argument);
  }

  #format(
    label: ToolLabel,
    depth: number,
    mark: string,
    markStyle: Style,
    style: Style,
    note: string,
  ): string {
    const available = this.#maxColumns ?? this.#writer.availableColumns(depth);
    const columns = available === undefined ? undefined : available - 2;
    return `${markStyle(mark)} ${
      formatToolLabel(label, { columns, styles: this.#styles, style, note })
    }`;
  }
}

/** Returns whether a result repeats what the subagent said last. */
export function repeatsLastText({ lastText }: ToolCall, { text }: ToolResult): boolean {
  return lastText !== "" && text.trimStart().startsWith(lastText);
}

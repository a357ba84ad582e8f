import { sliceStart } from "../util/truncate.ts";
import { MarkdownStyler } from "./markdown_styler.ts";
import { missingNote } from "./sanitize.ts";
import type { Style, Styles } from "./styles.ts";
import { expandTabs } from "./width.ts";
import { wrapCode, wrapLine } from "./wrap.ts";

/** Options for {@linkcode TextWrapper}. */
export interface TextWrapperOptions {
  /** Returns the current width; undefined to break no line. Then a very long one is cut. */
  columns(): number | undefined;
  styles: Styles;
  /** The style of ordinary text. */
  style: Style;
  isMarkdown: boolean;
}

/** A line that is broken into rows. */
interface WrappedLine {
  /** Begins the first row: the indentation and the list mark. */
  readonly prefix: string;
  readonly body: string;
  /** The rows of the body, without the prefix. */
  readonly rows: readonly string[];
}

/**
 * A longer part of a line is broken even in the middle of a word or a character. Without this limit,
 * characters that take no columns would be wrapped again and again.
 */
const MAX_UNFINISHED_LENGTH = 4 * 1024;

/** A longer line that is not broken is cut. Few paragraphs are as long. */
const MAX_UNBROKEN_LENGTH = 4_000;

/** The indentation of a line and, if there is one, its list mark. */
const INDENT = /^ *(?:(?:[-*+•>]|\d{1,3}[.)]) +)?/;

/**
 * Breaks a text that arrives in pieces into styled rows.
 *
 * Rows that cannot change are returned as soon as they are complete. The row that may still grow is
 * available as {@linkcode TextWrapper.unfinishedRow}. Blank lines around the text are dropped.
 *
 * @example
 * ```ts
 * import { TextWrapper } from "./text_wrapper.ts";
 * import { createStyles } from "./styles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const styles = createStyles(false);
 * const options = { columns: () => 12, styles, style: styles.plain, isMarkdown: true };
 * const wrapper = new TextWrapper(options);
 * assertEquals(wrapper.push("- one two th"), []);
 * assertEquals(wrapper.push("ree four"), ["- one two"]);
 * assertEquals(wrapper.unfinishedRow, "  three four");
 * assertEquals(wrapper.end(), ["  three four"]);
 * ```
 */
export class TextWrapper {
  readonly #columns: () => number | undefined;
  readonly #styler: MarkdownStyler | undefined;
  readonly #style: Style;
  /** The part of the current line that was not returned. */
  #line = "";
  /** The number of characters that are missing at the end of the current line, which was cut. */
  #missing = 0;
  /** Indents the rows that continue the current line; undefined until its first row is returned. */
  #hangingIndent: string | undefined;
  /** Blank lines that are returned when another line follows. */
  #blankLines = 0;
  #isEmpty = true;

  /** Creates a wrapper for one text. */
  constructor({ columns, styles, style, isMarkdown }: TextWrapperOptions) {
    this.#columns = columns;
    this.#style = style;
    this.#styler = isMarkdown ? new MarkdownStyler(styles, style) : undefined;
  }

  /** Adds text, which must be sanitized, and returns the rows that are complete. */
  push(text: string): string[] {
    const lines = text.split("\n");
    const unfinished = lines.pop() ?? "";
    const rows = lines.flatMap((line) => this.#endLine(line));
    this.#addToLine(unfinished);
    return unfinished === "" ? rows : [...rows, ...this.#stableRows()];
  }

  /** Returns the rest of the text. */
  end(): string[] {
    return this.#endLine("");
  }

  /** The row that may still grow; undefined while there is none, or without a width. */
  get unfinishedRow(): string | undefined {
    const columns = this.#columns();
    if (columns === undefined || this.#line.trim() === "") return undefined;
    const { prefix, rows } = this.#wrap(this.#line, columns);
    const row = (rows.length > 1 ? " ".repeat(prefix.length) : prefix) + (rows.at(-1) ?? "");
    return this.#styler?.previewRow(row) ?? this.#style(row);
  }

  #addToLine(text: string): void {
    if (this.#missing === 0) this.#line += text;
    else this.#missing += text.length;
    if (this.#columns() !== undefined || this.#line.length <= MAX_UNBROKEN_LENGTH) return;
    const kept = sliceStart(this.#line, MAX_UNBROKEN_LENGTH);
    this.#missing += this.#line.length - kept.length;
    this.#line = kept;
  }

  #endLine(text: string): string[] {
    this.#addToLine(text);
    const line = this.#line.trimEnd() + (this.#missing > 0 ? missingNote(this.#missing) : "");
    let rows: string[] = [];
    if (line !== "") rows = this.#lastRows(line);
    else if (this.#hangingIndent === undefined && !this.#isEmpty) this.#blankLines++;
    this.#line = "";
    this.#missing = 0;
    this.#hangingIndent = undefined;
    this.#styler?.endLine();
    return rows;
  }

  #lastRows(line: string): string[] {
    const blankRows = this.#startLine(line);
    const { prefix, rows } = this.#wrap(line, this.#columns());
    return [...blankRows, ...this.#styleRows(prefix, rows)];
  }

  /** Returns all rows of an unfinished line but the last, which more text may change. */
  #stableRows(): string[] {
    const columns = this.#columns();
    if (columns === undefined) return [];
    const { prefix, body, rows } = this.#wrap(this.#line, columns);
    const isTooLong = this.#line.length > MAX_UNFINISHED_LENGTH;
    const stable = isTooLong ? rows : rows.slice(0, -1);
    const rest = isTooLong ? "" : textAfter(body, stable);
    if (stable.length === 0 || rest === undefined) return [];
    const blankRows = this.#startLine(this.#line);
    this.#line = rest;
    return [...blankRows, ...this.#styleRows(prefix, stable)];
  }

  /** Starts a line, unless a part of it was returned, and returns the blank rows before it. */
  #startLine(line: string): string[] {
    if (this.#hangingIndent !== undefined) return [];
    const blankRows = Array<string>(this.#blankLines).fill("");
    this.#blankLines = 0;
    this.#isEmpty = false;
    this.#styler?.startLine(line);
    return blankRows;
  }

  #styleRows(prefix: string, rows: readonly string[]): string[] {
    const hangingIndent = " ".repeat(prefix.length);
    this.#hangingIndent = hangingIndent;
    return rows.map((text, index) => {
      const row = (index === 0 ? prefix : hangingIndent) + text;
      return this.#styler?.styleRow(row) ?? this.#style(row);
    });
  }

  #wrap(line: string, columns: number | undefined): WrappedLine {
    if (columns === undefined) return { prefix: "", body: line, rows: [line] };
    // The wrapping function normalizes its input, and `textAfter` compares with its output.
    const text = expandTabs(line).normalize();
    if (this.#styler?.isCode) return { prefix: "", body: text, rows: wrapCode(text, columns) };
    const indent = INDENT.exec(text)?.[0].slice(0, Math.floor(columns / 2)) ?? "";
    const prefix = this.#hangingIndent ?? indent;
    const body = this.#hangingIndent === undefined ? text.slice(indent.length) : text;
    return { prefix, body, rows: wrapLine(body, columns - prefix.length) };
  }
}

/** Returns what follows `rows` in `body`, from which wrapping removes spaces; undefined if they differ. */
function textAfter(body: string, rows: readonly string[]): string | undefined {
  let rest = body;
  for (const row of rows) {
    if (!rest.startsWith(row)) rest = rest.trimStart();
    if (!rest.startsWith(row)) return undefined;
    rest = rest.slice(row.length);
  }
  return rest;
}

import { MarkdownStyler } from "./markdown.ts";
import type { Style, Styles } from "./styles.ts";
import { expandTabs } from "./width.ts";
import { wrapCode, wrapLine } from "./wrap.ts";

/** Options for {@linkcode TextWrapper}. */
export interface TextWrapperOptions {
  /** Returns the current width; undefined to break no line. */
  columns(): number | undefined;
  styles: Styles;
  /** The style of ordinary text. */
  style: Style;
  /** Whether the text is Markdown. */
  markdown: boolean;
}

/** A line of text that is ready to be wrapped. */
interface Layout {
  /** Begins the first row: the indentation and the list mark. */
  readonly prefix: string;
  readonly body: string;
  /** The rows of the body, without the prefix. */
  readonly rows: readonly string[];
}

/** The indentation of a line and, if there is one, its list mark. */
const INDENT = /^ *(?:(?:[-*+•>]|\d{1,3}[.)]) +)?/;

/**
 * Breaks a text that arrives in pieces into styled rows.
 *
 * Rows that cannot change are returned as soon as they are complete. The row that may still grow is
 * available as {@linkcode TextWrapper.tail}. Blank lines around the text are dropped.
 *
 * @example
 * ```ts
 * import { TextWrapper } from "./text_wrapper.ts";
 * import { createStyles } from "./styles.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const styles = createStyles(false);
 * const options = { columns: () => 12, styles, style: styles.plain, markdown: true };
 * const wrapper = new TextWrapper(options);
 * assertEquals(wrapper.push("- one two th"), []);
 * assertEquals(wrapper.push("ree four"), ["- one two"]);
 * assertEquals(wrapper.tail, "  three four");
 * assertEquals(wrapper.end(), ["  three four"]);
 * ```
 */
export class TextWrapper {
  readonly #columns: () => number | undefined;
  readonly #styler: MarkdownStyler | undefined;
  readonly #style: Style;
  /** The part of the current line that was not returned. */
  #line = "";
  /** Whether a part of the current line was returned. */
  #isContinued = false;
  /** The indentation of the rows that continue the current line. */
  #hang = "";
  /** Blank lines that are returned when another line follows. */
  #blankLines = 0;
  #isEmpty = true;

  /** Creates a wrapper for one text. */
  constructor({ columns, styles, style, markdown }: TextWrapperOptions) {
    this.#columns = columns;
    this.#style = style;
    this.#styler = markdown ? new MarkdownStyler(styles, style) : undefined;
  }

  /** Adds text, which must be sanitized, and returns the rows that are complete. */
  push(text: string): string[] {
    const rows: string[] = [];
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      this.#line += line;
      this.#endLine(rows);
    }
    this.#line += last;
    if (last !== "") this.#returnStableRows(rows);
    return rows;
  }

  /** Returns the rest of the text. */
  end(): string[] {
    const rows: string[] = [];
    this.#endLine(rows);
    return rows;
  }

  /** The row that may still grow; undefined while there is none, or without a width. */
  get tail(): string | undefined {
    const columns = this.#columns();
    if (columns === undefined || this.#line.trim() === "") return undefined;
    const { prefix, rows } = this.#wrap(this.#line, columns);
    const row = (rows.length > 1 ? " ".repeat(prefix.length) : prefix) + (rows.at(-1) ?? "");
    return this.#styler?.previewRow(row) ?? this.#style(row);
  }

  #endLine(rows: string[]): void {
    const line = this.#line.trimEnd();
    this.#line = "";
    if (line === "") {
      if (!this.#isContinued && !this.#isEmpty) this.#blankLines++;
    } else {
      this.#startLine(line, rows);
      const { prefix, rows: wrapped } = this.#wrap(line, this.#columns());
      this.#returnRows(prefix, wrapped, rows);
    }
    this.#isContinued = false;
    this.#styler?.endLine();
  }

  /** Returns all rows of an unfinished line but the last, which more text may change. */
  #returnStableRows(rows: string[]): void {
    const columns = this.#columns();
    if (columns === undefined) return;
    const { prefix, body, rows: wrapped } = this.#wrap(this.#line, columns);
    const stable = wrapped.slice(0, -1);
    const rest = textAfter(body, stable);
    if (stable.length === 0 || rest === undefined) return;
    this.#startLine(this.#line, rows);
    this.#returnRows(prefix, stable, rows);
    this.#line = rest;
  }

  #startLine(line: string, rows: string[]): void {
    if (this.#isContinued) return;
    for (; this.#blankLines > 0; this.#blankLines--) rows.push("");
    this.#isEmpty = false;
    this.#styler?.startLine(line);
  }

  #returnRows(prefix: string, wrapped: readonly string[], rows: string[]): void {
    this.#isContinued = true;
    this.#hang = " ".repeat(prefix.length);
    for (const [index, part] of wrapped.entries()) {
      const row = (index === 0 ? prefix : this.#hang) + part;
      rows.push(this.#styler?.styleRow(row) ?? this.#style(row));
    }
  }

  #wrap(line: string, columns: number | undefined): Layout {
    if (columns === undefined) return { prefix: "", body: line, rows: [line] };
    // The wrapping function normalizes its input, and `textAfter` compares with its output.
    const text = expandTabs(line).normalize();
    if (this.#styler?.isCode) return { prefix: "", body: text, rows: wrapCode(text, columns) };
    const maxIndent = Math.floor(columns / 2);
    const prefix = this.#isContinued
      ? this.#hang
      : INDENT.exec(text)?.[0].slice(0, maxIndent) ?? "";
    const body = this.#isContinued ? text : text.slice(prefix.length);
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

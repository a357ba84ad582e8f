import wrapAnsi from "wrap-ansi";
import { hiddenLinesNote } from "./head_and_tail.ts";
import type { Style, Styles } from "./styles.ts";
import { expandTabs } from "./width.ts";

/** Options for {@linkcode wrapText}. */
export interface WrapOptions {
  /** The available columns; undefined to break no line. */
  columns: number | undefined;
  styles: Styles;
  /** Begins the first row; the other rows are indented by its length. */
  mark: string;
  markStyle: Style;
  style: Style;
  /**
   * The maximum number of rows; the last one counts those that are left out.
   *
   * @default {Infinity}
   */
  maxRows?: number;
}

/** Breaks a line without tabs and style sequences between words. Words that are too long are split. */
export function wrapLine(line: string, columns: number): string[] {
  return wrapAnsi(line, columns, { hard: true }).split("\n");
}

/** Breaks a line of code without tabs at the last column. Spaces stay. */
export function wrapCode(line: string, columns: number): string[] {
  return wrapAnsi(line, columns, { hard: true, wordWrap: false, trim: false }).split("\n");
}

/** Breaks a short text on one line into rows behind a mark. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const { columns, styles, mark, markStyle, style, maxRows = Infinity } = options;
  const indent = " ".repeat(mark.length);
  const rows = columns === undefined ? [text] : wrapLine(expandTabs(text), columns - indent.length);
  const hidden = rows.length <= maxRows ? 0 : rows.length - maxRows + 1;
  const kept = hidden === 0 ? rows : rows.slice(0, maxRows - 1);
  const wrapped = kept.map((row, index) => (index === 0 ? markStyle(mark) : indent) + style(row));
  if (hidden > 0) wrapped.push(indent + styles.dim(hiddenLinesNote(hidden)));
  return wrapped;
}

import { createTextWrapper } from "./text_wrapper.ts";
import type { Style, Styles } from "./styles.ts";
import { formatCount } from "../util/units.ts";

/** How {@linkcode wrapText} sets a text. */
export interface WrapOptions {
  /** The columns that there are; undefined to break no line. */
  room: number | undefined;
  styles: Styles;
  /** What the first row begins with; the others are indented as far. */
  mark: string;
  markStyle: Style;
  style: Style;
  /**
   * How many rows there may be; the rest is counted in the last one.
   *
   * @default {Infinity}
   */
  most?: number;
}

/** Sets a short text in rows, broken between words, behind a mark. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const { room, styles, mark, markStyle, style, most = Infinity } = options;
  const indent = " ".repeat(mark.length);
  const columns = room === undefined ? undefined : room - indent.length;
  const prose = createTextWrapper({ columns: () => columns, styles, style });
  const rows = (prose.push(`${text}\n`) + prose.end()).trimEnd().split("\n");
  const hidden = rows.length <= most ? 0 : rows.length - most + 1;
  const kept = hidden === 0 ? rows : rows.slice(0, most - 1);
  const laid = kept.map((row, place) => (place === 0 ? markStyle(mark) : indent) + row);
  if (hidden > 0) laid.push(indent + styles.dim(`… +${formatCount(hidden, "line")}`));
  return laid;
}

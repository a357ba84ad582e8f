/**
 * A terminal in memory: it shows where text stays, and its colors.
 *
 * @module
 */

import { displayWidth, graphemesOf } from "../../lib/terminal/width.ts";

/** The named colors of a terminal. */
export const COLORS = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
] as const;

/** A named color of a terminal. */
export type Color = (typeof COLORS)[number];

/** The style of a cell. */
export interface CellStyle {
  /** Undefined for the default color. */
  readonly color?: Color | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** One grapheme on the screen. */
export interface Cell {
  text: string;
  /** The number of columns: 1 or 2. */
  readonly width: number;
  /** The first column, from 0. */
  readonly column: number;
  readonly style: CellStyle;
}

/** A terminal with endless lines. */
export interface Screen {
  /** Writes output. Throws for a control character or sequence that ccrun never writes. */
  write(text: string): void;
  /** Returns the cells of all rows since the first one, from left to right. */
  rows(): readonly (readonly Cell[])[];
  /** Returns all lines since the first one, without spaces at their ends. */
  lines(): string[];
  /** The width of the widest line. More than the columns is an error, because the terminal breaks it. */
  readonly widest: number;
}

const PLAIN: CellStyle = { bold: false, dim: false };

// deno-lint-ignore no-control-regex -- sequences are what it reads
const SEQUENCE = /^\x1b\[([\d;]*)([A-Za-z])/;

/** The codes of the first color and the first bright color. */
const FIRST_COLOR = 30;
const FIRST_BRIGHT_COLOR = 90;

/** Creates a terminal with a width. */
export function makeScreen(columns: number): Screen {
  const rows: Map<number, Cell>[] = [];
  let row = 0;
  let column = 0;
  let style = PLAIN;
  let widest = 0;
  let last: Cell | undefined;

  function current(): Map<number, Cell> {
    while (rows.length <= row) rows.push(new Map());
    return rows[row] ?? new Map();
  }

  function eraseToEndOfLine(): void {
    for (const at of [...current().keys()]) if (at >= column) current().delete(at);
  }

  function print(text: string): void {
    for (const grapheme of graphemesOf(text)) {
      const width = displayWidth(grapheme);
      if (width === 0) {
        if (last !== undefined) last.text += grapheme;
        continue;
      }
      for (let at = column; at < column + width; at++) current().delete(at);
      last = { text: grapheme, width, column, style };
      current().set(column, last);
      column += width;
      widest = Math.max(widest, column);
    }
  }

  function executeSequence(parameters: string, command: string): void {
    if (command !== "m") last = undefined;
    const count = Number(parameters || "1");
    if (command === "m") {
      for (const parameter of parameters.split(";")) style = changeStyle(style, Number(parameter));
    } else if (command === "K" && parameters === "") {
      eraseToEndOfLine();
    } else if (command === "J" && parameters === "") {
      eraseToEndOfLine();
      rows.length = row + 1;
    } else if (command === "A") {
      row = Math.max(0, row - count);
    } else if (command === "C") {
      column = Math.min(columns - 1, column + count);
    } else {
      throw new Error(`the terminal does not support CSI ${parameters} ${command}`);
    }
  }

  function executeControl(character: string | undefined): void {
    last = undefined;
    if (character === "\n") {
      row++;
      column = 0;
      current();
    } else if (character === "\r") {
      column = 0;
    } else if (character === "\t") {
      column = Math.min(columns - 1, column + 8 - column % 8);
    } else {
      throw new Error(`the terminal does not support ${JSON.stringify(character)}`);
    }
  }

  function sortedRows(): readonly (readonly Cell[])[] {
    return rows.map((cells) => [...cells.values()].sort((a, b) => a.column - b.column));
  }

  return {
    get widest() {
      return widest;
    },
    write(text) {
      let rest = text;
      while (rest !== "") {
        const [plain = ""] = /^[^\p{Cc}]*/u.exec(rest) ?? [];
        print(plain);
        rest = rest.slice(plain.length);
        const [sequence, parameters = "", command = ""] = SEQUENCE.exec(rest) ?? [];
        if (sequence !== undefined) {
          executeSequence(parameters, command);
          rest = rest.slice(sequence.length);
        } else if (rest !== "") {
          executeControl(rest[0]);
          rest = rest.slice(1);
        }
      }
    },
    rows: sortedRows,
    lines() {
      const lines = sortedRows().map(textOf);
      while (lines.at(-1) === "") lines.pop();
      return lines;
    },
  };
}

/** Returns the text of a row, with spaces in its gaps. */
function textOf(cells: readonly Cell[]): string {
  let text = "";
  let column = 0;
  for (const cell of cells) {
    text += " ".repeat(cell.column - column) + cell.text;
    column = cell.column + cell.width;
  }
  return text.trimEnd();
}

/** Returns the style after a parameter of `CSI m`. */
function changeStyle(style: CellStyle, parameter: number): CellStyle {
  const color = COLORS[parameter - FIRST_COLOR] ?? COLORS[parameter - FIRST_BRIGHT_COLOR];
  if (color !== undefined) return { ...style, color };
  switch (parameter) {
    case 0:
      return PLAIN;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 22:
      return { ...style, bold: false, dim: false };
    case 39:
      return { ...style, color: undefined };
  }
  throw new Error(`the terminal does not support CSI ${parameter} m`);
}

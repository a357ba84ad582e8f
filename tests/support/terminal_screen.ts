/**
 * Renders terminal output to the cells of a screen, with colors. For the picture in the README.
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

/** How a cell looks. */
export interface Look {
  /** Undefined for the default color. */
  readonly color?: Color | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** One grapheme on the screen. */
export interface Cell {
  readonly text: string;
  /** The number of columns: 1 or 2. */
  readonly width: number;
  /** The first column, from 0. */
  readonly column: number;
  readonly look: Look;
}

const USUAL: Look = { bold: false, dim: false };

// deno-lint-ignore no-control-regex -- sequences are what it reads
const SEQUENCE = /^\x1b\[(\??)([\d;]*)([A-Za-z])/;

/** Commands that change the mode of a terminal and print nothing. */
const MODE_COMMANDS: readonly string[] = ["h", "l"];

/** The codes of the first color and the first bright color. */
const FIRST_COLOR = 30;
const FIRST_BRIGHT_COLOR = 90;

/** Returns the look after a parameter of `CSI m`. Throws if it is unknown, because the picture would be wrong. */
function changed(look: Look, parameter: number): Look {
  const color = COLORS[parameter - FIRST_COLOR] ?? COLORS[parameter - FIRST_BRIGHT_COLOR];
  if (color !== undefined) return { ...look, color };
  switch (parameter) {
    case 0:
      return USUAL;
    case 1:
      return { ...look, bold: true };
    case 2:
      return { ...look, dim: true };
    case 22:
      return { ...look, bold: false, dim: false };
    case 39:
      return { ...look, color: undefined };
  }
  throw new Error(`the picture's terminal has no look for CSI ${parameter} m`);
}

/**
 * The rows of the screen, from the first that was ever printed, each with its cells from left to right.
 * Throws at what it does not know, and where a line is too wide for the screen.
 */
export function screenOf(output: string, columns: number): readonly (readonly Cell[])[] {
  const rows: Map<number, Cell>[] = [new Map()];
  let row = 0;
  let column = 0;
  let look = USUAL;

  function current(): Map<number, Cell> {
    while (rows.length <= row) rows.push(new Map());
    const cells = rows[row];
    if (cells === undefined) throw new Error(`no row ${row}`);
    return cells;
  }

  function eraseBehind(): void {
    for (const at of [...current().keys()]) if (at >= column) current().delete(at);
  }

  function obey(parameters: string, command: string): void {
    const count = Number(parameters || "1");
    const hasNone = parameters === "";
    if (command === "m") {
      for (const parameter of parameters.split(";")) look = changed(look, Number(parameter));
    } else if (command === "K" && hasNone) {
      eraseBehind();
    } else if (command === "J" && hasNone) {
      eraseBehind();
      rows.length = row + 1;
    } else if (command === "A") {
      row = Math.max(0, row - count);
    } else if (command === "C") {
      column = Math.min(columns - 1, column + count);
    } else {
      throw new Error(`the picture's terminal does not know CSI ${parameters} ${command}`);
    }
  }

  function control(character: string | undefined): void {
    if (character === "\n") {
      row++;
      current();
    } else if (character === "\r") {
      column = 0;
    } else {
      throw new Error(`the picture's terminal does not know ${JSON.stringify(character)}`);
    }
  }

  function print(text: string): void {
    for (const grapheme of graphemesOf(text)) {
      const width = displayWidth(grapheme);
      if (width === 0) continue;
      if (column + width > columns) throw new Error(`wider than ${columns} columns: ${text}`);
      for (let at = column; at < column + width; at++) current().delete(at);
      current().set(column, { text: grapheme, width, column, look });
      column += width;
    }
  }

  let rest = output;
  while (rest !== "") {
    const [plain = ""] = /^[^\p{Cc}]*/u.exec(rest) ?? [];
    print(plain);
    rest = rest.slice(plain.length);
    const sequence = SEQUENCE.exec(rest);
    if (sequence !== null) {
      const [all, isPrivate, parameters = "", command = ""] = sequence;
      if (isPrivate === "") obey(parameters, command);
      else if (!MODE_COMMANDS.includes(command)) throw new Error(`unknown: ${all.slice(1)}`);
      rest = rest.slice(all.length);
    } else if (rest !== "") {
      control(rest[0]);
      rest = rest.slice(1);
    }
  }
  return rows.map((cells) => [...cells.values()].sort((one, other) => one.column - other.column));
}

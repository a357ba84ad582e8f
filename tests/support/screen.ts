import type { BufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { displayWidth, graphemesOf } from "../../lib/terminal/width.ts";

/** A terminal that shows where text stays, wraps and is erased. */
export interface Screen {
  /** Writes output. Throws at a control character or sequence that progress never sends. */
  write(text: string): void;
  /** Returns all lines since the first one, without spaces at their ends. */
  lines(): string[];
  /** The width of the widest line. More than `columns` is an error, because the terminal breaks it. */
  readonly widest: number;
}

interface Cell {
  text: string;
  width: number;
}

// deno-lint-ignore no-control-regex -- sequences are what it reads
const SEQUENCE = /^\x1b\[(\d*(?:;\d+)*)([A-Za-z])/;

/** Creates a terminal with a width and endless lines. */
export function makeScreen(columns: number): Screen {
  const rows: Cell[][] = [[]];
  let row = 0;
  let column = 0;
  let widest = 0;

  function current(): Cell[] {
    while (rows.length <= row) rows.push([]);
    return rows[row] ?? [];
  }

  function put(text: string, width: number): void {
    const cells = current();
    while (cells.length < column) cells.push({ text: " ", width: 1 });
    cells[column] = { text, width };
    for (let at = 1; at < width; at++) cells[column + at] = { text: "", width: 0 };
    column += width;
    widest = Math.max(widest, column);
  }

  function execute(parameter: string, command: string): void {
    const count = Number(parameter || "1");
    if (command === "m") return;
    if (command === "K") {
      if (parameter !== "") throw new Error(`CSI ${parameter} K`);
      current().length = Math.min(current().length, column);
    } else if (command === "J") {
      if (parameter !== "") throw new Error(`CSI ${parameter} J`);
      current().length = Math.min(current().length, column);
      rows.length = row + 1;
    } else if (command === "A") {
      row = Math.max(0, row - count);
    } else if (command === "C") {
      column = Math.min(columns - 1, column + count);
    } else {
      throw new Error(`CSI ${parameter} ${command}`);
    }
  }

  function printable(text: string): void {
    for (const grapheme of graphemesOf(text)) {
      const width = displayWidth(grapheme);
      if (width === 0) {
        const cell = current()[column - 1];
        if (cell) cell.text += grapheme;
        continue;
      }
      put(grapheme, width);
    }
  }

  return {
    get widest() {
      return widest;
    },
    write(text) {
      let rest = text;
      while (rest !== "") {
        const plain = /^[^\p{Cc}]+/u.exec(rest)?.[0];
        if (plain !== undefined) {
          printable(plain);
          rest = rest.slice(plain.length);
          continue;
        }
        const sequence = SEQUENCE.exec(rest);
        if (sequence !== null) {
          execute(sequence[1] ?? "", sequence[2] ?? "");
          rest = rest.slice(sequence[0].length);
          continue;
        }
        const control = rest[0];
        rest = rest.slice(1);
        if (control === "\n") {
          row++;
          column = 0;
          current();
        } else if (control === "\r") {
          column = 0;
        } else if (control === "\t") {
          column = Math.min(columns - 1, column + 8 - column % 8);
        } else {
          throw new Error(`control character ${JSON.stringify(control)}`);
        }
      }
    },
    lines() {
      const lines = rows.map((cells) =>
        Array.from(cells, (cell) => cell?.text ?? " ").join("").trimEnd()
      );
      while (lines.at(-1) === "") lines.pop();
      return lines;
    },
  };
}

/** Creates a writer that keeps each write. */
export function makeKeptSink(): BufferedWriter & { readonly writes: string[]; text(): string } {
  const writes: string[] = [];
  return {
    writes,
    text: () => writes.join(""),
    write: (text) => void writes.push(text),
    writeBytes: () => {},
    pending: 0,
    flush: () => Promise.resolve(),
    failure: undefined,
  };
}

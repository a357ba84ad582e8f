import { headAndTail } from "../../terminal/head_and_tail.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { formatCount } from "../../util/units.ts";
import type { BlockWriter } from "./block_writer.ts";
import type { Notice } from "../notices.ts";
import type { SubagentSections } from "./subagent_sections.ts";

/** The maximum number of rows of a notice. */
const MAX_NOTICE_ROWS = 4;

/** Nothing else repeats the message of an error, so it may be longer than other lines. */
const MAX_ERROR_LENGTH = 4_000;

/** The number of lines that are shown of one message on claude's stderr. */
const STDERR_LINES = 5;

const MARKS = { info: "·", warning: "!", error: "✗", done: "✓" } as const;

/** Prints notices, claude's stderr and the error of the run. */
export class NoticePrinter {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  readonly #sections: SubagentSections;

  /** Creates a printer that writes to `writer`. */
  constructor(writer: BlockWriter, styles: Styles, sections: SubagentSections) {
    this.#writer = writer;
    this.#styles = styles;
    this.#sections = sections;
  }

  /**
   * Prints a notice.
   *
   * @param title the title of its annotation; without one it is not annotated
   */
  print(
    { level, label, text, isComplete }: Notice,
    parent: string | undefined,
    title?: string,
  ): void {
    const message = `${label}: ${sanitizeLine(text)}`;
    const depth = this.#startBlock(parent);
    if (title !== undefined && (level === "warning" || level === "error")) {
      if (this.#writer.annotate(level, { title, message })) return;
    }
    const columns = this.#writer.availableColumns(depth);
    const style = this.#styleOf(level);
    const mark = `${MARKS[level]} `;
    if (level === "info") {
      this.#writer.write(style(cutEnd(mark + message, columns ?? Infinity)), depth);
      return;
    }
    const rows = wrapText(message, {
      columns,
      styles: this.#styles,
      mark,
      markStyle: style,
      style: level === "done" ? this.#styles.dim : style,
      maxRows: isComplete ? Infinity : MAX_NOTICE_ROWS,
    });
    for (const row of rows) this.#writer.write(row, depth);
  }

  /** Prints a message on claude's stderr. */
  printStderr(text: string, parent: string | undefined): void {
    const { head, hidden } = headAndTail(text, STDERR_LINES);
    if (head.length === 0) return;
    if (hidden > 0) head.push(`… +${formatCount(hidden, "line")}`);
    const depth = this.#startBlock(parent);
    const columns = this.#writer.availableColumns(depth) ?? Infinity;
    for (const line of head) {
      this.#writer.write(this.#styles.dim(cutEnd(`claude: ${line}`, columns)), depth);
    }
  }

  /** Prints a message of ccrun. */
  printMessage(line: string): void {
    this.#startBlock(undefined);
    this.#writer.write(`ccrun: ${sanitizeLine(line, Infinity)}`, 0);
  }

  /**
   * Prints the error of the run.
   *
   * @param isAlone whether no header says that the log is ccrun's
   */
  printError(
    error: { kind: string; message: string; hint?: string | undefined },
    isAlone: boolean,
  ): void {
    const { red, bold, plain } = this.#styles;
    const message = sanitizeLine(error.message, MAX_ERROR_LENGTH);
    const hint = sanitizeLine(error.hint ?? "");
    this.#sections.startSection(undefined);
    this.#writer.startBlock("end", 0);
    const lines = [isAlone ? `ccrun: ${message}` : message, hint].filter((line) => line !== "");
    const annotation = { title: `ccrun: ${error.kind}`, message: lines.join("\n") };
    if (this.#writer.annotate("failure", annotation)) return;
    const label = isAlone ? "ccrun: error: " : "error: ";
    const layout = { columns: this.#writer.availableColumns(0), styles: this.#styles };
    const rows = wrapText(message, {
      ...layout,
      mark: label,
      markStyle: (mark) => bold(red(mark)),
      style: red,
    });
    const indent = { mark: " ".repeat(label.length), markStyle: plain, style: plain };
    if (hint !== "") rows.push(...wrapText(hint, { ...layout, ...indent }));
    for (const row of rows) this.#writer.write(row, 0);
  }

  #startBlock(parent: string | undefined): number {
    const depth = this.#sections.startSection(parent);
    this.#writer.startBlock("note", depth);
    return depth;
  }

  #styleOf(level: Notice["level"]): Style {
    const { dim, yellow, red, green } = this.#styles;
    return { info: dim, warning: yellow, error: red, done: green }[level];
  }
}

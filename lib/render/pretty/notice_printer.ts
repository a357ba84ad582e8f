import type { Failure } from "../../errors.ts";
import type { RunEvent } from "../../events.ts";
import { headAndTail, hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { MAX_ADVICE_LENGTH, sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { failureText } from "../failure_text.ts";
import { type Notice, NoticeFactory, noticeLine } from "../notices.ts";
import type { BlockWriter } from "./block_writer.ts";

/** The maximum number of rows of a notice. */
const MAX_NOTICE_ROWS = 4;

/** Precedes each row of a prompt. */
const PROMPT_BAR = "❯ ";

/** The maximum number of lines that are shown of a prompt. */
const PROMPT_LINES = 5;

/** The number of lines that are shown of one message on claude's stderr. */
const STDERR_LINES = 5;

const MARKS = { info: "·", warning: "!", error: "✗", done: "✓" } as const;

/** Prints notices, prompts, claude's stderr and the error of the run. */
export class NoticePrinter {
  readonly #factory = new NoticeFactory();
  readonly #writer: BlockWriter;
  readonly #styles: Styles;

  /** Creates a printer that writes to `writer`. */
  constructor(writer: BlockWriter, styles: Styles) {
    this.#writer = writer;
    this.#styles = styles;
  }

  /** Prints the notices of an event. */
  printEvent(event: RunEvent): void {
    for (const notice of this.#factory.noticesOf(event)) {
      this.print(notice, event.parent_tool_use_id);
    }
  }

  /** Prints a notice, or annotates it. */
  print(notice: Notice, parent?: string): void {
    const { level, annotationTitle: title, isAdvice, isEssential } = notice;
    const message = noticeLine(notice);
    this.#writer.startBlock({ kind: "note", parent, isEssential });
    if (title !== undefined && (level === "warning" || level === "error")) {
      if (this.#writer.annotate(level, { title, message })) return;
    }
    const columns = this.#writer.availableColumns(parent);
    const style = this.#styleOf(level);
    const mark = `${MARKS[level]} `;
    if (level === "info") {
      this.#writer.write(style(cutEnd(mark + message, columns ?? Infinity)));
      return;
    }
    const rows = wrapText(message, {
      // A command that is broken into rows cannot be pasted.
      columns: isAdvice ? undefined : columns,
      styles: this.#styles,
      mark,
      markStyle: style,
      style: level === "done" ? this.#styles.dim : style,
      maxRows: isAdvice ? Infinity : MAX_NOTICE_ROWS,
    });
    for (const row of rows) this.#writer.write(row);
  }

  /** Prints a prompt of the user. */
  printPrompt(text: string): void {
    const { bold, cyan, dim, plain } = this.#styles;
    const { head, hidden } = headAndTail(text, PROMPT_LINES);
    this.#writer.startBlock({ kind: "text" });
    const columns = this.#writer.availableColumns();
    const layout = {
      columns: columns && columns - PROMPT_BAR.length,
      styles: this.#styles,
      mark: "",
      markStyle: plain,
      style: bold,
      maxRows: MAX_NOTICE_ROWS,
    };
    const rows = head.flatMap((line) => wrapText(line, layout));
    if (hidden > 0) rows.push(dim(hiddenLinesNote(hidden)));
    for (const row of rows) {
      this.#writer.write(cyan(row === "" ? PROMPT_BAR.trimEnd() : PROMPT_BAR) + row);
    }
  }

  /** Prints a message on claude's stderr. */
  printStderr(text: string, parent?: string): void {
    const { head, hidden } = headAndTail(text, STDERR_LINES);
    if (head.length === 0) return;
    if (hidden > 0) head.push(hiddenLinesNote(hidden));
    this.#writer.startBlock({ kind: "note", parent });
    const columns = this.#writer.availableColumns(parent) ?? Infinity;
    for (const line of head) {
      this.#writer.write(this.#styles.dim(cutEnd(`claude: ${line}`, columns)));
    }
  }

  /** Prints a message of ccrun. */
  printMessage(line: string): void {
    this.#writer.startBlock({ kind: "note", isEssential: true });
    this.#writer.write(`ccrun: ${sanitizeLine(line, MAX_ADVICE_LENGTH)}`);
  }

  /**
   * Prints the error of the run.
   *
   * @param hasHeader whether a header shows that the output is ccrun's
   */
  printError(error: Failure, hasHeader: boolean): void {
    const { red, bold, plain } = this.#styles;
    const { message, hint } = failureText(error);
    this.#writer.startBlock({ kind: "end", isEssential: true });
    const text = joinTexts([hasHeader ? message : `ccrun: ${message}`, hint], "\n");
    const annotation = { title: `ccrun: ${error.kind}`, message: text };
    if (this.#writer.annotate("failure", annotation)) return;
    const label = hasHeader ? "error: " : "ccrun: error: ";
    const layout = { columns: this.#writer.availableColumns(), styles: this.#styles };
    const rows = wrapText(message, {
      ...layout,
      mark: label,
      markStyle: (mark) => bold(red(mark)),
      style: red,
    });
    // A command that is broken into rows cannot be pasted.
    if (hint !== "") rows.push(plain(" ".repeat(label.length) + hint));
    for (const row of rows) this.#writer.write(row);
  }

  #styleOf(level: Notice["level"]): Style {
    const { dim, yellow, red, green } = this.#styles;
    return { info: dim, warning: yellow, error: red, done: green }[level];
  }
}

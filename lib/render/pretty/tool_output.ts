import { headAndTail } from "../../terminal/head_and_tail.ts";
import { sanitize, sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd, expandTabs } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { formatCount } from "../../util/units.ts";
import type { BlockWriter } from "./block_writer.ts";
import type { ToolLabel } from "../tool_label.ts";

/** The lines of an output that are shown; the others are counted. */
export interface LineLimits {
  readonly head: number;
  readonly tail?: number;
}

/** The indentation of a tool's output below its call. */
export const OUTPUT_INDENT = "    ";

/** The maximum number of rows of a reason. */
export const MAX_REASON_ROWS = 4;

/** Formats the output of tools as lines that fit below their call. */
export class ToolOutput {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;

  /** Creates a formatter for output that `writer` prints. */
  constructor(writer: BlockWriter, styles: Styles) {
    this.#writer = writer;
    this.#styles = styles;
  }

  /**
   * Returns the first and last lines of a text.
   *
   * @param note follows them
   */
  excerpt(text: string, depth: number, style: Style, limits: LineLimits, note = ""): string[] {
    const { head, hidden, tail } = headAndTail(text, limits.head, limits.tail);
    const count = hidden > 0 ? `… +${formatCount(hidden, "line")}` : "";
    const lines = head.map((line) => style(this.#cut(line, depth)));
    if (tail.length > 0) {
      lines.push(this.#styles.dim(count), ...tail.map((line) => style(this.#cut(line, depth))));
    }
    const end = [tail.length > 0 ? "" : count, note].filter((part) => part !== "").join(" · ");
    if (end !== "") lines.push(this.#styles.dim(end));
    return lines;
  }

  /** Returns the first lines that a call changes. */
  changes({ changes, changedCount }: ToolLabel, depth: number, maxLines: number): string[] {
    const lines = changes.slice(0, maxLines).map((change) => {
      const style = change.startsWith("-") ? this.#styles.red : this.#styles.green;
      return style(this.#cut(sanitize(change), depth));
    });
    const hidden = changedCount - lines.length;
    if (hidden > 0) lines.push(this.#styles.dim(`… +${formatCount(hidden, "line")}`));
    return lines;
  }

  /** Returns the rows of a reason on one line. */
  reason(text: string, depth: number): string[] {
    const columns = this.#writer.availableColumns(depth);
    return wrapText(sanitizeLine(text), {
      columns: columns === undefined ? undefined : columns - OUTPUT_INDENT.length,
      styles: this.#styles,
      mark: "",
      markStyle: this.#styles.plain,
      style: this.#styles.red,
      maxRows: MAX_REASON_ROWS,
    });
  }

  #cut(line: string, depth: number): string {
    const columns = this.#writer.availableColumns(depth);
    if (columns === undefined) return line;
    return cutEnd(expandTabs(line), columns - OUTPUT_INDENT.length);
  }
}

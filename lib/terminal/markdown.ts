import type { Style, Styles } from "./styles.ts";

const FENCE = /^\s*(`{3,}[^`]*|~{3,}.*)$/;
const HEADING = /^\s*#{1,6}\s/;
const LETTER_AT_END = /[\p{L}\p{N}]$/u;

/** Splits a row so that every second part is a mark. */
const MARKS = /(`+|\*\*)/;

/**
 * Styles the headings, strong text and code of a Markdown text that arrives row by row. It only
 * adds styles: no character is removed.
 */
export class MarkdownStyler {
  readonly #styles: Styles;
  readonly #base: Style;
  #fence: string | undefined;
  #isFenceLine = false;
  #lineStyle: Style;
  #openTicks: string | undefined;
  #isStrong = false;

  /** Creates a styler that uses `base` for ordinary text. */
  constructor(styles: Styles, base: Style) {
    this.#styles = styles;
    this.#base = base;
    this.#lineStyle = base;
  }

  /** Whether the current line is in a code block or encloses one. */
  get isCode(): boolean {
    return this.#fence !== undefined || this.#isFenceLine;
  }

  /** Starts a line of the text, which may be shown in several rows. */
  startLine(line: string): void {
    const fence = FENCE.exec(line)?.[1]?.trim();
    this.#isFenceLine = fence !== undefined && this.#changesFence(fence);
    if (this.#isFenceLine) this.#lineStyle = this.#styles.dim;
    else this.#lineStyle = !this.isCode && HEADING.test(line) ? this.#styles.bold : this.#base;
  }

  #changesFence(fence: string): boolean {
    if (this.#fence === undefined) {
      this.#fence = fence.startsWith("`")
        ? fence.replace(/[^`].*$/, "")
        : fence.replace(/[^~].*$/, "");
      return true;
    }
    if (!fence.startsWith(this.#fence) || fence.replaceAll(fence.charAt(0), "") !== "") {
      return false;
    }
    this.#fence = undefined;
    return true;
  }

  /** Ends the line. */
  endLine(): void {
    this.#isFenceLine = false;
    this.#isStrong = false;
    this.#openTicks = undefined;
    this.#lineStyle = this.#base;
  }

  /** Styles the next row of the line. */
  styleRow(row: string): string {
    const { text, isStrong, openTicks } = this.#style(row);
    this.#isStrong = isStrong;
    this.#openTicks = openTicks;
    return text;
  }

  /** Styles a row that may still grow, and does not count as read. */
  previewRow(row: string): string {
    return this.#style(row).text;
  }

  #style(row: string): { text: string; isStrong: boolean; openTicks: string | undefined } {
    let isStrong = this.#isStrong;
    let openTicks = this.#openTicks;
    if (this.isCode) return { text: this.#lineStyle(row), isStrong, openTicks };
    let styled = "";
    let run = "";
    const endRun = () => {
      const strong = isStrong ? this.#styles.bold : this.#lineStyle;
      styled += (openTicks === undefined ? strong : this.#styles.cyan)(run);
      run = "";
    };
    const parts = row.split(MARKS);
    for (const [at, part] of parts.entries()) {
      if (at % 2 === 0) {
        run += part;
      } else if (part === "**" && openTicks === undefined) {
        if (isStrong) run += part;
        if (isStrong || opensStrong(parts[at - 1] ?? "", parts[at + 1] ?? "")) {
          endRun();
          isStrong = !isStrong;
          if (isStrong) run += part;
        } else {
          run += part;
        }
      } else if (part === openTicks) {
        run += part;
        endRun();
        openTicks = undefined;
      } else if (part !== "**" && openTicks === undefined) {
        endRun();
        openTicks = part;
        run += part;
      } else {
        run += part;
      }
    }
    endRun();
    return { text: styled, isStrong, openTicks };
  }
}

/** Returns whether `**` between these texts opens strong text: `2 ** 3` and `2**10` do not. */
function opensStrong(before: string, after: string): boolean {
  return !LETTER_AT_END.test(before) && after !== "" && !after.startsWith(" ");
}

import type { Style, Styles } from "./styles.ts";

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;
const HEADING = /^\s*#{1,6}\s/;
const LETTER_AT_END = /[\p{L}\p{N}]$/u;

const STRONG = "**";

/** Splits a row so that every second part is a mark. */
const MARKS = /(`+|\*\*)/;

/** The marks that are open at the end of a row. */
interface OpenMarks {
  /** The backticks that opened code. */
  readonly ticks?: string | undefined;
  readonly isStrong: boolean;
}

const NO_MARKS: OpenMarks = { isStrong: false };

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
  #openMarks = NO_MARKS;

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
    const [, mark, info = ""] = FENCE.exec(line) ?? [];
    this.#isFenceLine = mark !== undefined && this.#changesFence(mark, info);
    if (this.#isFenceLine) this.#lineStyle = this.#styles.dim;
    else this.#lineStyle = !this.isCode && HEADING.test(line) ? this.#styles.bold : this.#base;
  }

  /** Returns whether a fence opens or closes a code block. */
  #changesFence(mark: string, info: string): boolean {
    if (this.#fence === undefined) {
      // Three backticks within a line are inline code.
      if (mark.startsWith("`") && info.includes("`")) return false;
      this.#fence = mark;
      return true;
    }
    if (!mark.startsWith(this.#fence) || info.trim() !== "") return false;
    this.#fence = undefined;
    return true;
  }

  /** Ends the line. */
  endLine(): void {
    this.#isFenceLine = false;
    this.#lineStyle = this.#base;
    this.#openMarks = NO_MARKS;
  }

  /** Styles the next row of the line. */
  styleRow(row: string): string {
    const { text, openMarks } = this.#style(row);
    this.#openMarks = openMarks;
    return text;
  }

  /** Styles a row that may still grow, and does not count as read. */
  previewRow(row: string): string {
    return this.#style(row).text;
  }

  #style(row: string): { text: string; openMarks: OpenMarks } {
    if (this.isCode) return { text: this.#lineStyle(row), openMarks: NO_MARKS };
    let { ticks, isStrong } = this.#openMarks;
    let text = "";
    let run = "";
    const endRun = () => {
      const style = isStrong ? this.#styles.bold : this.#lineStyle;
      text += (ticks === undefined ? style : this.#styles.cyan)(run);
      run = "";
    };
    const parts = row.split(MARKS);
    for (const [index, part] of parts.entries()) {
      const isMark = index % 2 === 1;
      if (!isMark) {
        run += part;
      } else if (ticks !== undefined) {
        run += part;
        if (part !== ticks) continue;
        endRun();
        ticks = undefined;
      } else if (part !== STRONG) {
        endRun();
        run = part;
        ticks = part;
      } else if (isStrong) {
        run += part;
        endRun();
        isStrong = false;
      } else {
        if (opensStrong(parts[index - 1] ?? "", parts[index + 1] ?? "")) {
          endRun();
          isStrong = true;
        }
        run += part;
      }
    }
    endRun();
    return { text, openMarks: { ticks, isStrong } };
  }
}

/** Returns whether `**` between these texts opens strong text: `2 ** 3` and `2**10` do not. */
function opensStrong(before: string, after: string): boolean {
  return !LETTER_AT_END.test(before) && after !== "" && !after.startsWith(" ");
}

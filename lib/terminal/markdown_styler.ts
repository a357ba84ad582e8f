import type { Style, Styles } from "./styles.ts";

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;
const HEADING = /^\s*#{1,6}\s/;
const LETTER_AT_END = /[\p{L}\p{N}]$/u;

const STRONG = "**";

/** Splits a row so that every second part is a mark. */
const MARKS = /(`+|\*\*)/;

/** The marks of a longer row are not styled, because its parts would need many times its memory. */
const MAX_STYLED_LENGTH = 16 * 1024;

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

  /** Styles a row that may still grow, without recording its marks. */
  previewRow(row: string): string {
    return this.#style(row).text;
  }

  #style(row: string): { text: string; openMarks: OpenMarks } {
    if (this.isCode || row.length > MAX_STYLED_LENGTH) {
      return { text: this.#lineStyle(row), openMarks: NO_MARKS };
    }
    let open = this.#openMarks;
    let style = this.#styleIn(open);
    let run = "";
    let text = "";
    const parts = row.split(MARKS);
    for (const [index, part] of parts.entries()) {
      const isMark = index % 2 === 1;
      const next = isMark ? marksAfter(open, part, parts[index - 1], parts[index + 1]) : open;
      // A mark has the style of what it encloses.
      const partStyle = this.#styleIn({
        ticks: open.ticks ?? next.ticks,
        isStrong: open.isStrong || next.isStrong,
      });
      if (partStyle !== style) {
        text += style(run);
        run = "";
        style = partStyle;
      }
      run += part;
      open = next;
    }
    return { text: text + style(run), openMarks: open };
  }

  #styleIn({ ticks, isStrong }: OpenMarks): Style {
    if (ticks !== undefined) return this.#styles.cyan;
    return isStrong ? this.#styles.bold : this.#lineStyle;
  }
}

/** Returns the marks that are open after a mark between two texts. */
function marksAfter(open: OpenMarks, mark: string, before = "", after = ""): OpenMarks {
  const { ticks, isStrong } = open;
  if (ticks !== undefined) return mark === ticks ? { isStrong } : open;
  if (mark !== STRONG) return { ticks: mark, isStrong };
  if (isStrong) return NO_MARKS;
  return opensStrong(before, after) ? { isStrong: true } : open;
}

/** Returns whether `**` between these texts opens strong text: `2 ** 3` and `2**10` do not. */
function opensStrong(before: string, after: string): boolean {
  return !LETTER_AT_END.test(before) && after !== "" && !after.startsWith(" ");
}

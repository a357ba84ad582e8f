import type { Style, Styles } from "./styles.ts";

/** A piece of text in one style. */
export interface Run {
  readonly text: string;
  readonly style: Style;
}

/**
 * The light styling of Markdown: it follows a text word by word, as it is generated,
 * and only ever adds colours. All characters stay.
 */
export interface Markdown {
  /** Begins a line with its first word, which tells what the line is. */
  line(word: string): void;
  /**
   * Styles the next word of the line, or part of one.
   *
   * @param followed whether the word goes on after this part
   */
  word(word: string, followed: boolean): Run[];
  /** The style of the spaces before the next word. */
  readonly space: Style;
  /** Whether the line is code, or encloses it: its spaces mean something. */
  readonly code: boolean;
}

const HEADING = /^#{1,6}$/;
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
const MARKS = /(`+|\*\*)/;
const WORD_END = /[\p{L}\p{N}]$/u;

/** Makes the styling of one text. `base` is the style of what is nothing special. */
export function createMarkdown(styles: Styles, base: Style): Markdown {
  let fence: string | undefined;
  let fenceLine = false;
  let lineStyle = base;
  let ticks: string | undefined;
  let strong = false;

  function style(): Style {
    if (ticks !== undefined) return styles.cyan;
    return strong ? styles.bold : lineStyle;
  }

  return {
    get space() {
      return style();
    },
    get code() {
      return fence !== undefined || fenceLine;
    },
    line(word) {
      const [, ticksMark, tildesMark] = FENCE.exec(word) ?? [];
      const mark = ticksMark ?? tildesMark;
      fenceLine = false;
      ticks = undefined;
      strong = false;
      if (fence === undefined && mark !== undefined) {
        fence = mark;
        fenceLine = true;
      } else if (
        fence !== undefined && mark === word && mark[0] === fence[0] && mark.length >= fence.length
      ) {
        fence = undefined;
        fenceLine = true;
      }
      if (fenceLine) lineStyle = styles.dim;
      else lineStyle = fence === undefined && HEADING.test(word) ? styles.bold : base;
    },
    word(word, followed) {
      if (fence !== undefined || fenceLine) return [{ text: word, style: lineStyle }];
      const pieces = word.split(MARKS);
      if (pieces.length === 1) return [{ text: word, style: style() }];
      const runs: Run[] = [];
      pieces.forEach((text, place) => {
        if (text === "") return;
        const mark = place % 2 === 1;
        if (mark && text === "**" && ticks === undefined) {
          // A closing mark is part of what it closes. One that nothing follows, or that is within a
          // word, as in 2**10, opens nothing.
          if (strong) {
            runs.push({ text, style: style() });
            strong = false;
            return;
          }
          const last = place + 2 >= pieces.length && pieces[place + 1] === "" && !followed;
          strong = !last && !WORD_END.test(pieces[place - 1] ?? "");
        } else if (mark && text !== "**") {
          if (ticks === text) {
            runs.push({ text, style: style() });
            ticks = undefined;
            return;
          }
          ticks ??= text;
        }
        runs.push({ text, style: style() });
      });
      return runs;
    },
  };
}

/** The styling of a text that is not Markdown: one style for all of it. */
export function makeUniform(style: Style): Markdown {
  return {
    space: style,
    code: false,
    line() {},
    word: (text) => [{ text, style }],
  };
}

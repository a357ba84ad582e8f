import { createLineEscaper } from "../ci/escape_commands.ts";
import { createMarkdown, makeUniform, type Run } from "./markdown.ts";
import type { Style, Styles } from "./styles.ts";
import { displayWidth, graphemesOf, isAscii } from "./width.ts";

/** How {@linkcode createTextWrapper} sets a text. */
export interface TextWrapperOptions {
  /** The width that lines are broken to; undefined to break none. Asked again and again. */
  columns(): number | undefined;
  /** The colours. */
  styles: Styles;
  /**
   * The style of the text.
   *
   * @default {styles.plain}
   */
  style?: Style;
  /**
   * Whether the text is Markdown.
   *
   * @default {false}
   */
  markdown?: boolean;
  /**
   * What every line begins with.
   *
   * @default {""}
   */
  prefix?: string;
  /**
   * What the first line begins with instead. It is as wide as the prefix.
   *
   * @default {prefix}
   */
  first?: string;
  /**
   * The style of the prefix.
   *
   * @default {styles.dim}
   */
  prefixStyle?: Style;
}

/**
 * Sets a text that comes in pieces: breaks its lines between words to the terminal's
 * width, lines up what it broke, and styles it. Whatever the pieces are, the result is
 * the same. A word is given out when it is complete.
 */
export interface TextWrapper {
  /** Takes a piece of text, which is safe to show, and gives what to print. */
  push(text: string): string;
  /** Gives what ends the line, if one is begun, because something else is to be printed. */
  interrupt(): string;
  /** Gives what is left, and the end of the line. */
  end(): string;
  /** The column behind the line that is begun; 0 when none is. */
  readonly column: number;
  /** Whether every terminal agrees on `column`. */
  readonly exact: boolean;
}

/** A word that grows beyond this is given out in parts, also where no line is broken. */
const WORD_LIMIT = 4_096;

const TOKEN = /\n|[ \t]+|[^ \t\n]+/g;

const LIST_MARK = /^(?:[-*+•>]|\d{1,3}[.)])$/;

/** What may be narrow and become wide with what comes behind it: half a flag, a heart. */
const PICTURE = /^[\u{1f1e6}-\u{1f1ff}\p{Extended_Pictographic}]/u;

/** No line begins with these: they belong to what is before them. */
const CLOSING = /^[、。，．：；！？」』）】〉》］｝’”…,.:;!?)\]}]+$/u;

/**
 * Makes a {@linkcode TextWrapper}.
 *
 * @example
 * ```ts
 * import { createTextWrapper } from "./text_wrapper.ts";
 * import { createStyles } from "./styles.ts";
 *
 * const prose = createTextWrapper({ columns: () => 12, styles: createStyles(false) });
 * console.log(prose.push("- one two th") + prose.push("ree") + prose.end());
 * // - one two
 * //   three
 * ```
 */
export function createTextWrapper(options: TextWrapperOptions): TextWrapper {
  const { styles, prefix = "", style = styles.plain, prefixStyle = styles.dim } = options;
  const markdown = options.markdown ? createMarkdown(styles, style) : makeUniform(style);

  /** The width, as it was asked for last; infinite where no line is broken. */
  let limit = Infinity;
  /** What is not given out yet: the beginning of a word that may go on. */
  let held = "";
  /** Spaces before the next word. */
  let spaces = "";
  /** Line ends before the next word. Kept until it comes, so that a text ends with none. */
  let breaks = 0;
  let begun = false;
  let lineOpen = false;
  let column = 0;
  let exact = true;
  /** Where the lines go on that are broken off the one of the text. */
  let hang = 0;
  let lineStart = true;
  /** Whether the next word is the rest of a line that was interrupted. */
  let resumed = false;
  /** Whether `held` is the rest of a word too long for a line, which is filled up to the edge. */
  let filling = false;

  let out = "";
  let run: Run | undefined;
  /** Where no line is broken, it goes to a log. */
  const logged = createLineEscaper();

  function emit(word: string, as: Style): void {
    const text = limit === Infinity ? logged.push(word) : word;
    if (run !== undefined && run.style === as) {
      run = { text: run.text + text, style: as };
    } else {
      settle();
      run = { text, style: as };
    }
  }

  function settle(): void {
    if (run === undefined) return;
    out += run.style(run.text);
    run = undefined;
  }

  function take(): string {
    settle();
    const text = out;
    out = "";
    return text;
  }

  function home(): number {
    return displayWidth(prefix);
  }

  function endLine(): void {
    settle();
    if (lineOpen) out += "\n";
    lineOpen = false;
    logged.next();
  }

  /** Begins a line, if none is begun. */
  function openLine(): void {
    if (lineOpen && breaks === 0) return;
    endLine();
    for (; breaks > 1; breaks--) out += `${prefixStyle(prefix.trimEnd())}\n`;
    breaks = 0;
    const before = begun ? prefix : options.first ?? prefix;
    logged.push(before);
    out += prefixStyle(before);
    begun = true;
    lineOpen = true;
    column = home();
    exact = isAscii(prefix);
    if (resumed) indent();
    resumed = false;
  }

  function indent(): void {
    emit(" ".repeat(hang), style);
    column += hang;
  }

  /** Goes on with the same line of the text on a new one of the terminal. */
  function breakLine(): void {
    endLine();
    openLine();
    indent();
    spaces = "";
  }

  function put(text: string, width: number, runs: Run[]): void {
    for (const { text, style } of runs) emit(text, style);
    column += width;
    exact &&= isAscii(text);
  }

  function startLine(unit: string, tooLong: boolean): void {
    lineStart = false;
    // What does not even fit on a line is no mark of Markdown's.
    markdown.line(tooLong ? "" : unit);
    const most = Math.max(0, Math.floor((limit - home()) / 2));
    let width = displayWidth(spaces, home());
    if (width > most) {
      // Deeper than can be laid out.
      spaces = " ".repeat(most);
      width = most;
    }
    hang = width;
    if (!markdown.code && LIST_MARK.test(unit)) hang = Math.min(width + unit.length + 1, most);
  }

  /** Prints the spaces before a word, if it fits behind them with `width` columns. */
  function space(width: number): boolean {
    const gap = displayWidth(spaces, column);
    if (column + gap + width > limit) return false;
    if (gap > 0) put(spaces, gap, [{ text: spaces, style: markdown.space }]);
    spaces = "";
    return true;
  }

  /**
   * Prints a part of a word that is not to be broken, and as much as may be of one that must be.
   *
   * @param tooLong whether it is known to be more than a line can have
   */
  function place(unit: string, followed: boolean, tooLong: boolean): void {
    openLine();
    if (filling) {
      fill(unit, followed);
      return;
    }
    const first = lineStart;
    if (first) startLine(unit, tooLong || displayWidth(unit) > limit - home());
    const width = displayWidth(unit, column);
    if (!tooLong && space(width)) {
      put(unit, width, markdown.word(unit, followed));
      return;
    }
    // Code is not laid out anew: it goes on to the edge. A word of a text begins a line.
    if (markdown.code ? !space(1) : !first) breakLine();
    fill(unit, followed);
  }

  /** Prints a part of a word, broken wherever a line is full. */
  function fill(unit: string, followed: boolean): void {
    space(0);
    let piece = "";
    let width = 0;
    for (const character of isAscii(unit) ? unit : graphemesOf(unit)) {
      const more = displayWidth(character);
      const empty = piece === "" && column <= home() + hang;
      if (column + width + more > limit && !empty) {
        if (piece !== "") put(piece, width, markdown.word(piece, true));
        breakLine();
        piece = "";
        width = 0;
      }
      piece += character;
      width += more;
    }
    put(piece, width, markdown.word(piece, followed));
  }

  /** Prints what is certain of a word that may go on, and gives the rest. */
  function begin(word: string): string {
    const units = unitsOf(word);
    const last = units.pop() ?? "";
    for (const unit of units) placeUnit(unit, true);
    const room = limit - home() - hang;
    if (!filling && last.length <= WORD_LIMIT && displayWidth(last) <= room) return last;
    const rest = growing(last);
    if (rest.length === last.length) return last;
    place(last.slice(0, -rest.length), true, true);
    filling = true;
    return rest;
  }

  function placeUnit(unit: string, followed: boolean): void {
    place(unit, followed, false);
    filling = false;
  }

  function flush(): void {
    const units = unitsOf(held);
    held = "";
    units.forEach((unit, at) => placeUnit(unit, at < units.length - 1));
  }

  return {
    get column() {
      return lineOpen ? column : 0;
    },
    get exact() {
      return exact;
    },
    push(text) {
      limit = options.columns() ?? Infinity;
      const all = held + text;
      held = "";
      for (const { 0: token, index } of all.matchAll(TOKEN)) {
        if (token === "\n") {
          if (lineOpen) breaks++;
          spaces = "";
          lineStart = true;
          hang = 0;
          filling = false;
        } else if (token[0] === " " || token[0] === "\t") {
          spaces += token;
          filling = false;
        } else if (index + token.length === all.length) {
          held = begin(token);
        } else {
          held = token;
          flush();
        }
      }
      return take();
    },
    interrupt() {
      if (!lineOpen) return "";
      resumed = breaks === 0;
      breaks = 0;
      if (resumed) spaces = "";
      endLine();
      return take();
    },
    end() {
      limit = options.columns() ?? Infinity;
      flush();
      breaks = 0;
      spaces = "";
      endLine();
      return take();
    },
  };
}

/** The parts of a word between which a line may be broken: wide characters are words of their own. */
function unitsOf(word: string): string[] {
  if (isAscii(word)) return word === "" ? [] : [word];
  const units: string[] = [];
  let narrow = "";
  for (const grapheme of graphemesOf(word)) {
    const before = units.length - 1;
    if (narrow === "" && before >= 0 && CLOSING.test(grapheme)) {
      units[before] += grapheme;
    } else if (displayWidth(grapheme) < 2 && !PICTURE.test(grapheme)) {
      narrow += grapheme;
    } else {
      if (narrow !== "") units.push(narrow);
      narrow = "";
      if (units.length > 0 && CLOSING.test(grapheme)) units[units.length - 1] += grapheme;
      else units.push(grapheme);
    }
  }
  if (narrow !== "") units.push(narrow);
  return units;
}

/**
 * The end of a word that what follows may still change: a character that gets an accent, a mark that
 * belongs to what is before it, the beginning of a command to a CI log.
 */
function growing(word: string): string {
  const tail = word.slice(-WORD_LIMIT);
  let rest = "";
  for (const grapheme of [...graphemesOf(tail)].reverse()) {
    rest = grapheme + rest;
    if (grapheme !== "#" && !CLOSING.test(grapheme)) break;
  }
  return rest;
}

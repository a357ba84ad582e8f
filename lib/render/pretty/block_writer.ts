import type { Annotation, CiLog } from "../../ci/log.ts";
import { escapeLine } from "../../ci/escape_commands.ts";
import { createLiveLine, type LiveLine } from "../../terminal/live_line.ts";
import type { TextWrapper } from "../../terminal/text_wrapper.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { Measured } from "./status_line.ts";
import type { Terminal } from "../../terminal/terminal.ts";

/** What a block is. Texts stand free, with a blank line around them; the rest stands together. */
export type BlockKind = "header" | "text" | "tool" | "note" | "end";

/**
 * The page that progress is printed on: it keeps blocks apart, indents what sub-agents
 * do, keeps streams of text whole, and has the live line at its end. What an event
 * prints leaves in one piece.
 */
export interface BlockWriter {
  /** The columns that a line of a block may have; undefined for as many as it takes. */
  room(depth: number): number | undefined;
  /** What the lines of a block begin with. */
  indent(depth: number): string;
  /**
   * Begins a block: ends what is begun, and leaves a blank line where there is to be one.
   *
   * @param tag what {@linkcode BlockWriter.tag} gives until something else is printed
   */
  begin(kind: BlockKind, depth: number, tag?: string): void;
  /** Has something printed before whatever is printed next. */
  lead(print: () => void): void;
  /** The tag of the block that was printed last. */
  readonly tag: string | undefined;
  /** Prints a line of the block. Its styles are there, its indentation is not. */
  line(text: string, depth: number): void;
  /**
   * Prints lines of the block that a CI log folds away below a title; elsewhere the lines alone.
   *
   * @param ms how long it took, where that is known
   */
  group(title: string, lines: readonly string[], depth: number, ms?: number): void;
  /** Prints what there is room for always: how the run ends. */
  always(print: () => void): void;
  /** How many lines there was no room for. */
  readonly leftOut: number;
  /**
   * Prints what makes a CI system tell it elsewhere, too, in a block. The log shows its message.
   *
   * @param level of `failure` there is one: the run's own
   * @returns whether that was done; else it is to be shown as without a CI system
   */
  annotate(level: "error" | "warning" | "failure", annotation: Annotation): boolean;
  /**
   * Prints what a prose gave.
   *
   * @param enter is called before that when the prose does not go on with what it printed last
   */
  prose(prose: TextWrapper, text: string, depth: number, enter: () => void): void;
  /** Lets everything go that was printed, with the live line as it is now. */
  flush(): void;
  /** Paints the live line. */
  tick(): void;
  /** Lets everything go that was printed, and takes the live line away. */
  end(): void;
}

/** What one level of indentation begins with: a bar that a person can follow downwards. */
const BAR = "│ ";

/** Deeper levels are not told apart. */
const MOST_BARS = 8;

/**
 * Bytes of progress in a CI log, other than what there is room for always. GitLab cuts the log of a
 * job at 4 MiB, what matters most is at the end, and there are the lines of other programs and the
 * answer; GitHub's page gets slow.
 */
const LOG_LIMIT = 3 * 1024 * 1024;

/** GitLab may put the time before each line. */
export const STAMP_BYTES = 32;

/** An indentation takes at most this part of the width: 40 columns keep 32 for what is said. */
const BAR_COLUMNS = 10;

/**
 * Makes a {@linkcode BlockWriter}. `status` gives the live line, or undefined while there is to be none;
 * `ci` folds what belongs to a title.
 */
export function createBlockWriter(
  sink: BufferedWriter,
  terminal: Terminal,
  status: (columns: number) => Measured | undefined,
  ci?: CiLog,
): BlockWriter {
  const { styles } = terminal;
  const live: LiveLine = createLiveLine(terminal);
  let out = "";
  let last: { kind: BlockKind; depth: number } | undefined;
  let leading: (() => void) | undefined;
  let lastTag: string | undefined;
  /** The prose that has begun a line. */
  let open: TextWrapper | undefined;
  /** The prose that printed last; nothing else was printed since. */
  let current: TextWrapper | undefined;
  /** What may yet be written. */
  let left = ci === undefined ? Infinity : LOG_LIMIT;
  /** How many lines there was no room for. */
  let leftOut = 0;
  let isToldFull = false;
  let isAlways = false;

  /** Writes whole lines, or leaves them out: then everything after them, too. */
  function put(text: string): void {
    if (left === Infinity || isAlways) {
      out += text;
      return;
    }
    const lines = countLineEnds(text);
    const size = encoder.encode(text).length + STAMP_BYTES * lines;
    if (left > 0 && size <= left) {
      left -= size;
      out += text;
    } else {
      leaveOut(lines);
    }
  }

  function leaveOut(lines: number): void {
    left = 0;
    if (!isToldFull) {
      isToldFull = true;
      closeLine();
      out += styles.dim("· this log gets too long: from here on it has only the end of the run") +
        "\n";
    }
    leftOut += lines;
  }

  /** What fits of a text: whole lines. */
  function fitting(text: string): string {
    // No character takes more bytes; of lines, the shortest have one.
    if (left === Infinity || isAlways || text.length * (3 + STAMP_BYTES) <= left) return text;
    let end = 0;
    for (let rest = left;;) {
      const next = text.indexOf("\n", end) + 1;
      if (next === 0) break;
      rest -= encoder.encode(text.slice(end, next)).length + STAMP_BYTES;
      if (rest < 0) break;
      end = next;
    }
    return text.slice(0, end);
  }

  function bars(depth: number): string {
    const columns = terminal.columns();
    const most = columns === undefined ? MOST_BARS : Math.floor(columns / BAR_COLUMNS);
    return BAR.repeat(Math.min(depth, most, MOST_BARS));
  }

  function closeLine(): void {
    if (open !== undefined) out += open.interrupt();
    open = undefined;
  }

  function laid(text: string, depth: number): string {
    const shown = terminal.columns() === undefined ? escapeLine(text) : text;
    return `${styles.dim(bars(depth))}${shown}\n`;
  }

  function line(text: string, depth: number): void {
    put(laid(text, depth));
  }

  function begin(kind: BlockKind, depth: number, tag?: string): void {
    if (leading !== undefined) {
      const print = leading;
      leading = undefined;
      print();
    }
    closeLine();
    current = undefined;
    lastTag = tag;
    // What a sub-agent does stands right below its call.
    const below = last?.kind === "tool" && depth > last.depth;
    if (last !== undefined && !below && (standsFree(last.kind) || standsFree(kind))) {
      if (left > 0 || isAlways) {
        out += `${styles.dim(bars(Math.min(last.depth, depth)).trimEnd())}\n`;
      }
    }
    last = { kind, depth };
  }

  function paint(): string {
    const columns = terminal.columns();
    if (!terminal.live || columns === undefined) return "";
    const column = open?.column ?? 0;
    // Below a line that is begun, only where it is certain how to get back.
    const line = column > 0 && open?.exact === false ? undefined : status(columns - 1);
    return line === undefined ? live.erase() : live.paint(line.text, line.width, column);
  }

  function flush(): void {
    if (out === "") return;
    const wasPainted = live.painted;
    let text = live.erase() + out;
    out = "";
    if (wasPainted) text += paint();
    sink.write(text);
  }

  return {
    room(depth) {
      const columns = terminal.columns();
      return columns === undefined ? undefined : columns - 1 - bars(depth).length;
    },
    indent: bars,
    begin,
    lead(print) {
      leading = print;
    },
    get tag() {
      return lastTag;
    },
    line,
    group(title, lines, depth, ms) {
      const inside = lines.map((line) => laid(line, depth));
      if (ci === undefined) put(inside.join(""));
      else put(ci.group(styles.dim(bars(depth)) + title, inside.join(""), ms));
    },
    always(print) {
      const before = isAlways;
      isAlways = true;
      print();
      isAlways = before;
    },
    get leftOut() {
      return leftOut;
    },
    annotate(level, annotation) {
      const command = level === "failure" ? ci?.fail(annotation) : ci?.annotate(level, annotation);
      const notice = ci?.takeFullNotice();
      if (notice !== undefined) line(styles.dim(`· ${notice}`), 0);
      // There are few of them, and they are not seen in the log alone.
      out += command ?? "";
      return command !== undefined;
    },
    prose(prose, text, depth, enter) {
      if (text === "") return;
      if (current !== prose) {
        enter();
        begin("text", depth);
        current = prose;
      }
      const shown = fitting(text);
      if (shown !== "") put(shown);
      if (shown.length < text.length) {
        if (shown !== "") open = undefined;
        leaveOut(countLineEnds(text.slice(shown.length)));
        return;
      }
      open = prose.column > 0 ? prose : undefined;
    },
    flush,
    tick() {
      // While the terminal takes nothing, there is nothing to be repainted.
      if (sink.pending > 0) return;
      const text = paint();
      if (text !== "") sink.write(text);
    },
    end() {
      const text = live.erase() + out;
      out = "";
      if (text !== "") sink.write(text);
    },
  };
}

const encoder = new TextEncoder();

function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function standsFree(kind: BlockKind): boolean {
  return kind === "header" || kind === "text" || kind === "end";
}

import { longestBackticks, WORD_JOINER } from "./markdown.ts";
import { findCodeSpans, type TextRange } from "./sure_code.ts";
import { sanitize } from "../terminal/sanitize.ts";

/** More lines than this are nobody's to read in a summary. */
const MAX_LINES = 10_000;

/** Runs of backticks are cut here: the fences around code are longer than the longest. */
const MAX_BACKTICKS = 64;

/** Quotes and lists that begin in one line within each other. */
const MAX_CONTAINERS = 16;

/** Deeper lines are no deeper, in columns. */
const MAX_INDENT = 64;

/** A table that is wider is shown as text: empty cells cost a parser as much as full ones. */
const MAX_PIPES = 64;

/**
 * In one block, which is what emphasis can go through. Each pair may be a level, and a reader of
 * HTML may refuse a page with 400 levels.
 */
const MAX_EMPHASIS = 300;

/** The same for what is not nested, but read more than once. */
const MAX_BRACKETS = 4_000;

/** What GitHub shows as a picture, a map or a formula rather than as code. */
const RENDERED: ReadonlySet<string> = new Set([
  "mermaid",
  "geojson",
  "topojson",
  "stl",
  "math",
  "plantuml",
  "suggestion",
]);

/** More lists that begin in the line of a fence are not followed. */
const MAX_MARKERS = 4;

interface Fence {
  /** How far its code is indented in what we read, in columns. */
  readonly indent: number;
  readonly close: RegExp;
  readonly info: string;
  /** The markers of the lists that begin in its line. */
  readonly markers: string;
}

/**
 * Foreign Markdown as a block quote: it is shown as Markdown, and can do nothing outside of the
 * quote, whatever it leaves open. It has no HTML, no images and no footnotes (which would go to the
 * end of the page), and is nowhere so deep or so wide that it makes a reader slow.
 *
 * Tags and images are made text by a character that is not seen, so that they look the same. Code
 * is kept as it is, for it is there to be copied: blocks of it in fences of our own, and code in a
 * line where it is beyond doubt that it is code. Formulas stay formulas: they do nothing.
 *
 * @example
 * ```ts
 * import { quoteMarkdown } from "./quoted_markdown.ts";
 *
 * console.log(quoteMarkdown("# Done\n\nAll *good*.")); // "> # Done\n>\n> All *good*."
 * ```
 */
export function quoteMarkdown(text: string): string {
  const lines = sanitize(text)
    .replace(/`+/g, (run) => run.length > MAX_BACKTICKS ? `${"`".repeat(MAX_BACKTICKS)}…` : run)
    .trimEnd()
    .split("\n");
  while (lines.length > 1 && lines[0]?.trim() === "") lines.shift();
  const kept = lines.slice(0, MAX_LINES);
  const ownFence = "`".repeat(Math.max(3, ...kept.map(longestBackticks).map((run) => run + 1)));
  const quoted: string[] = [];
  let block: string[] = [];
  let fence: Fence | undefined;
  let isInList = false;

  function endBlock(): void {
    const calm = calmed(block);
    const code = findCodeSpans(calm);
    quoted.push(...calm.map((line, n) => defused(line, code[n] ?? [])));
    block = [];
  }

  function within(fence: Fence, line: string): string {
    return line === "" ? "" : " ".repeat(fence.markers.length) + line;
  }

  for (const raw of kept) {
    const line = withoutLeadingTabs(raw);
    if (fence !== undefined) {
      if (fence.close.test(line)) {
        quoted.push(within(fence, ownFence));
        fence = undefined;
      } else {
        quoted.push(within(fence, dedented(raw, fence.indent)));
      }
      continue;
    }
    const opened = openedFence(line, isInList);
    if (LIST_ITEM.test(line)) isInList = true;
    else if (/^[^ ]/.test(line) && opened === undefined) isInList = false;
    if (opened !== undefined) {
      endBlock();
      // Behind a paragraph, not every marker begins a list.
      if (opened.markers !== "" && quoted.length > 0) quoted.push("");
      quoted.push(opened.markers + ownFence + opened.info);
      fence = opened;
    } else if (line.trim() === "") {
      endBlock();
      quoted.push("");
    } else {
      block.push(bounded(line));
    }
  }
  endBlock();
  if (fence !== undefined) quoted.push(within(fence, ownFence));
  if (lines.length > kept.length) quoted.push("", `… ${lines.length - kept.length} more lines`);
  return quoted.map((line) => line === "" ? ">" : `> ${line}`).join("\n");
}

const LIST_ITEM = /^ *(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;

const FENCE = /^( *)((?:(?:[-+*]|\d{1,9}[.)])(?: {1,4}|\t)){0,16})(`{3,}|~{3,})(.*)$/;

/**
 * The fence that a line opens. One within a list counts as none of the list's: it is written
 * without its indentation, and so it ends the list. One that is the first of a list's item begins
 * a list. Where it ends is then beyond doubt.
 */
function openedFence(line: string, isInList: boolean): Fence | undefined {
  const [, spaces = "", given = "", marks = "", rest = ""] = FENCE.exec(line) ?? [];
  const mark = marks[0];
  if (mark === undefined || (mark === "`" && rest.includes("`"))) return undefined;
  const markers = given.split(/[ \t]+/).filter((marker) => marker !== "");
  if (spaces.length > (isInList ? MAX_INDENT : 3) || markers.length > MAX_MARKERS) return undefined;
  const indent = columnsOf(spaces + given);
  const deepest = isInList || markers.length > 0 ? indent + 3 : 3;
  const [language = ""] = LANGUAGE.exec(rest.trim()) ?? [];
  return {
    indent,
    close: new RegExp(`^ {0,${deepest}}${mark}{${Math.min(marks.length, MAX_FENCE)},}[ \\t]*$`),
    info: RENDERED.has(language.toLowerCase()) ? "text" : language,
    markers: markers.map((marker) => `${marker} `).join(""),
  };
}

const LANGUAGE = /^[\w+#.-]{1,30}/;

/** A fence that is longer can also be closed by one of this length, for ours are not taken from it. */
const MAX_FENCE = 1_000;

/** How wide a text is whose only wide characters are tabs. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += character === "\t" ? 4 - columns % 4 : 1;
  return columns;
}

/** Without its indentation; a tab that reaches further is the code's own. */
function dedented(line: string, indent: number): string {
  let at = 0;
  while (/[ \t]/.test(line[at] ?? "") && columnsOf(line.slice(0, at + 1)) <= indent) at++;
  return line.slice(at);
}

/** Behind the mark of a quote, tabs would reach elsewhere. */
function withoutLeadingTabs(line: string): string {
  const [blank = ""] = /^[ \t]*/.exec(line) ?? [];
  return blank.includes("\t") ? " ".repeat(columnsOf(blank)) + line.slice(blank.length) : line;
}

const CONTAINER = / *(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))[ \t]*/y;

/** A line outside of code, not deeper and not wider than is good. */
function bounded(line: string): string {
  const [indent = ""] = /^ */.exec(line) ?? [];
  let text = " ".repeat(Math.min(indent.length, MAX_INDENT)) + line.slice(indent.length);
  CONTAINER.lastIndex = 0;
  for (let depth = 0, at = 0; CONTAINER.test(text); depth++, at = CONTAINER.lastIndex) {
    // What else begins in this line is text.
    if (depth === MAX_CONTAINERS) {
      text = text.slice(0, at) + text.slice(at).replace(/[>.)*+-]/, "\\$&");
      break;
    }
    const marker = text.slice(at, CONTAINER.lastIndex).trimEnd();
    if (CONTAINER.lastIndex - at - marker.length > MAX_INDENT) {
      text = `${text.slice(0, at)}${marker} ${text.slice(CONTAINER.lastIndex)}`;
      CONTAINER.lastIndex = at + marker.length + 1;
    }
  }
  let pipes = 0;
  return escaped(text, /\\.|\|/g, () => ++pipes > MAX_PIPES);
}

/** A block with so much in it that it may be nested without end, as text without any. */
function calmed(lines: string[]): string[] {
  const count = (what: RegExp) =>
    lines.reduce((sum, line) => sum + (line.match(what)?.length ?? 0), 0);
  if (count(/[*_~]/g) <= MAX_EMPHASIS && count(/[`[\]]/g) <= MAX_BRACKETS) return lines;
  return lines.map((line) => escaped(line, /\\.|[*_~`[\]]/g, () => true));
}

/** A line with a backslash before what a pattern finds; what has one is left alone. */
function escaped(line: string, pattern: RegExp, isToBe: () => boolean): string {
  return line.replace(pattern, (found) => found.length > 1 || !isToBe() ? found : `\\${found}`);
}

/**
 * A tag, a comment, an address in brackets; an image; a footnote, an alert; and what may open a
 * fence that was not taken for one, deep within a list or a quote, with its first word.
 */
const HARMFUL =
  /<(?=[A-Za-z/!?]|[^\s<>]*@)|!(?=\[)|\[(?=[\^!])|(?:`{3,}|~{3,})(?=[ \t]*([^\s`]\S*))/g;

/** No tag, comment or address in brackets; no image; no footnote; no alert; no diagram. */
function defused(line: string, code: readonly TextRange[]): string {
  let next = 0;
  return line.replace(HARMFUL, (found, info: string | undefined, at: number) => {
    while (next < code.length && (code[next]?.to ?? 0) <= at) next++;
    const isCode = (code[next]?.from ?? Infinity) <= at;
    return isCode || (info !== undefined && isPlain(info)) ? found : found + WORD_JOINER;
  });
}

/** Whether it is the name of a language, and nothing else, whose code is shown as code. */
function isPlain(info: string): boolean {
  return LANGUAGE.exec(info)?.[0] === info && !RENDERED.has(info.toLowerCase());
}

import { longestBackticks, WORD_JOINER } from "./markdown_safe.ts";
import { visible } from "./visible.ts";

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
  "suggestion",
]);

interface Fence {
  readonly indent: number;
  readonly close: RegExp;
}

/**
 * Foreign Markdown as a block quote: it is shown as Markdown, and can do nothing outside of the
 * quote, whatever it leaves open. It has no HTML, no images and no footnotes (which would go to the
 * end of the page), and is nowhere so deep or so wide that it makes a reader slow.
 *
 * Tags and images are made text by a character that is not seen, so that they look the same, also
 * in code. Blocks of code are kept as they are, in fences of our own.
 *
 * @example
 * ```ts
 * import { quoteMarkdown } from "./quoted_markdown.ts";
 *
 * console.log(quoteMarkdown("# Done\n\nAll *good*.")); // "> # Done\n>\n> All *good*."
 * ```
 */
export function quoteMarkdown(text: string): string {
  const lines = visible(text)
    .replace(/`+/g, (run) => run.length > MAX_BACKTICKS ? `${"`".repeat(MAX_BACKTICKS)}…` : run)
    .trimEnd()
    .split("\n");
  while (lines.length > 1 && lines[0]?.trim() === "") lines.shift();
  const kept = lines.slice(0, MAX_LINES);
  const ownFence = "`".repeat(Math.max(3, ...kept.map(longestBackticks).map((run) => run + 1)));
  const quoted: string[] = [];
  let block: string[] = [];
  let fence: Fence | undefined;

  function endBlock(): void {
    quoted.push(...calmed(block).map(defused));
    block = [];
  }

  for (const raw of kept) {
    const line = withoutLeadingTabs(raw);
    if (fence !== undefined) {
      if (fence.close.test(line)) {
        quoted.push(ownFence);
        fence = undefined;
      } else {
        quoted.push(dedented(raw, fence.indent));
      }
      continue;
    }
    const opened = openedFence(line);
    if (opened !== undefined) {
      endBlock();
      quoted.push(ownFence + opened.info);
      fence = opened;
    } else if (line.trim() === "") {
      endBlock();
      quoted.push("");
    } else {
      block.push(bounded(line));
    }
  }
  endBlock();
  if (fence !== undefined) quoted.push(ownFence);
  if (lines.length > kept.length) quoted.push("", `… ${lines.length - kept.length} more lines`);
  return quoted.map((line) => line === "" ? ">" : `> ${line}`).join("\n");
}

/**
 * The fence that a line opens. One within a list counts as none of the list's: it is written
 * without its indentation, and so it ends the list. Where it ends is then beyond doubt.
 */
function openedFence(line: string): Fence & { info: string } | undefined {
  const [, indent = "", marks = "", rest = ""] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  const mark = marks[0];
  if (mark === undefined || (mark === "`" && rest.includes("`"))) return undefined;
  const [language = ""] = /^[\w+#.-]{1,30}/.exec(rest.trim()) ?? [];
  return {
    indent: indent.length,
    close: new RegExp(`^ {0,3}${mark}{${Math.min(marks.length, MAX_FENCE)},}[ \\t]*$`),
    info: RENDERED.has(language.toLowerCase()) ? "text" : language,
  };
}

/** A fence that is longer can also be closed by one of this length, for ours are not taken from it. */
const MAX_FENCE = 1_000;

function dedented(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line[at] === " ") at++;
  return line.slice(at);
}

/** Behind the mark of a quote, tabs would reach elsewhere. */
function withoutLeadingTabs(line: string): string {
  let columns = 0;
  let at = 0;
  for (; at < line.length; at++) {
    if (line[at] === " ") columns++;
    else if (line[at] === "\t") columns += 4 - columns % 4;
    else break;
  }
  return line.slice(0, at).includes("\t") ? " ".repeat(columns) + line.slice(at) : line;
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

/** No tag, comment or address in brackets; no image; no footnote; no alert. */
function defused(line: string): string {
  return line.replace(/<(?=[A-Za-z/!?])|!(?=\[)|\[(?=[\^!])/g, `$&${WORD_JOINER}`);
}

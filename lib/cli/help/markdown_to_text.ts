/**
 * Renders the Markdown of the help topics for a terminal.
 *
 * @module
 */

import { wrapWords } from "./wrap_words.ts";

const CODE_INDENT = "    ";
const COLUMN_GAP = 2;

/**
 * Returns Markdown as plain text, wrapped at `columns`. It supports what the help topics use:
 * headings, paragraphs, flat lists, tables, fenced code, and in a line bold text, code and links.
 *
 * @example
 * ```ts
 * import { markdownToText } from "./markdown_to_text.ts";
 *
 * console.log(markdownToText("## Exit codes\n\nSee [the list](list.md).\n", 80));
 * // EXIT CODES
 * //
 * // See the list.
 * ```
 */
export function markdownToText(markdown: string, columns: number): string {
  const blocks = splitBlocks(markdown).map((block) => renderBlock(block, columns).join("\n"));
  return `${blocks.join("\n\n")}\n`;
}

/** Splits at blank lines, except in fenced code. */
function splitBlocks(markdown: string): string[][] {
  const blocks: string[][] = [];
  let block: string[] = [];
  let isFenced = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    if (line !== "" || isFenced) {
      block.push(line);
    } else if (block.length > 0) {
      blocks.push(block);
      block = [];
    }
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

function renderBlock(block: readonly string[], columns: number): string[] {
  const first = block[0] ?? "";
  if (first.startsWith("```")) {
    return block.slice(1, -1).map((line) => line === "" ? "" : CODE_INDENT + line);
  }
  if (first.startsWith("#")) return [first.replace(/^#+ /, "").toUpperCase()];
  if (first.startsWith("|")) return renderTable(block, columns);
  if (first.startsWith("- ")) return renderList(block, columns);
  return wrapWords(inlineText(block.join(" ")), columns);
}

function renderList(block: readonly string[], columns: number): string[] {
  const items: string[] = [];
  for (const line of block) {
    if (line.startsWith("- ")) items.push(line.slice(2));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return items.flatMap((item) =>
    wrapWords(inlineText(item), columns - 2).map((row, at) => (at === 0 ? "- " : "  ") + row)
  );
}

/** Aligns the columns. Only the last column is wrapped. */
function renderTable(block: readonly string[], columns: number): string[] {
  const [header = [], , ...rows] = block.map(tableCells);
  const table = [header.map((cell) => cell.toUpperCase()), ...rows];
  const widths = header.slice(0, -1).map((_, column) =>
    COLUMN_GAP + Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  const indent = widths.reduce((sum, width) => sum + width, 0);
  return table.flatMap((row) => {
    const start = widths.map((width, column) => (row[column] ?? "").padEnd(width)).join("");
    return wrapWords(row.at(-1) ?? "", columns - indent)
      .map((line, at) => (at === 0 ? start : " ".repeat(indent)) + line);
  });
}

function tableCells(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => inlineText(cell.trim()));
}

/** Replaces links by their text, and removes the marks of bold text and of code. */
function inlineText(markdown: string): string {
  const unlinked = markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return unlinked.split("`")
    .map((part, at) => at % 2 === 0 ? part.replaceAll("**", "") : part)
    .join("");
}

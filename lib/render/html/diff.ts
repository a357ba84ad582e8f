import { element, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { shorten } from "./shorten.ts";
import { missingNote } from "./text_block.ts";

/** Returns a unified diff with colored lines. */
export function renderDiff(diff: string, { textLimit }: PageContext): Html {
  const { head, missing, tail } = shorten(diff.replace(/\n$/, ""), textLimit);
  const end = missing === "" ? [] : [missingNote(missing), coloredLines(tail)];
  return element("pre", { class: "diff" }, coloredLines(head), end);
}

/** The classes of lines, by their first character. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["+", "add"],
  ["-", "remove"],
  ["@", "hunk"],
]);

/** Returns lines in blocks of the same color, because a page can have many thousands of them. */
function coloredLines(text: string): Html[] {
  const blocks: { className: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const className = CLASSES.get(line.charAt(0)) ?? "same";
    const last = blocks.at(-1);
    if (last?.className === className) last.lines.push(line);
    else blocks.push({ className, lines: [line] });
  }
  return blocks.map(({ className, lines }) =>
    element("span", { class: className }, `${lines.join("\n")}\n`)
  );
}

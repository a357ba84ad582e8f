import { headAndTail, hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { TextWrapper } from "../../terminal/text_wrapper.ts";
import type { OutputLayout } from "./tool_output.ts";

/** The lines that are shown. They are for a reader, so they are more than those of an output. */
const DETAIL_LINES = { head: 40, tail: 10 } as const;

/** Returns the rows of what a call is about, such as its plan. The middle of a long text is left out. */
export function detailRows(details: string, layout: OutputLayout): string[] {
  const { head, hidden, tail } = headAndTail(details, DETAIL_LINES.head, DETAIL_LINES.tail);
  const rows = wrapLines(head, layout);
  if (hidden === 0) return rows;
  return [...rows, layout.styles.dim(hiddenLinesNote(hidden)), ...wrapLines(tail, layout)];
}

function wrapLines(lines: readonly string[], { columns, styles }: OutputLayout): string[] {
  const wrapper = new TextWrapper({
    columns: () => columns,
    styles,
    style: styles.plain,
    isMarkdown: true,
  });
  return [...wrapper.push(lines.join("\n")), ...wrapper.end()];
}

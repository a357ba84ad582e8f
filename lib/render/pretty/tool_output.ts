import { headAndTail, hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { sanitizeLine, sanitizeTextLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd, expandTabs } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { countLines } from "../../util/lines.ts";
import { formatCount } from "../../util/units.ts";
import { FAILURE_LINES } from "../tool_annotation.ts";
import type { ToolLabel } from "../tool_label.ts";
import type { ToolCall } from "../tool_calls.ts";

/** The result of a tool call. */
export interface ToolResult {
  readonly call: ToolCall;
  readonly text: string;
  /** Whether the text describes content that has no lines, such as an image. */
  readonly isPlaceholder: boolean;
  /** Whether it is printed right below its call. Otherwise the title of the call is printed again. */
  readonly isBelowCall: boolean;
  /** Undefined if it is not known. */
  readonly durationMs: number | undefined;
  /** The duration as text; empty if it was short. */
  readonly duration: string;
}

/** The space for output and its styles. */
export interface OutputLayout {
  /** The available columns; undefined if there is no limit. */
  readonly columns: number | undefined;
  readonly styles: Styles;
}

/** The lines of an output that are shown; the others are counted. */
interface LineLimits {
  readonly head: number;
  readonly tail?: number;
}

/** The indentation of output below its call. */
export const OUTPUT_INDENT = "    ";

/** The number of output lines that are shown of a tool that succeeded. */
const OUTPUT_LINES = 5;

/** The lines in a group. It is collapsed, so it may be long. */
const GROUP_LINES = { head: 150, tail: 50 } as const;

/** The output of a denied tool rarely adds to the reason. */
const DENIAL_LINES = 2;

/** The maximum number of rows of a reason. */
export const MAX_REASON_ROWS = 4;

/** Returns the lines that are shown of a tool that succeeded. */
export function successLines(result: ToolResult, layout: OutputLayout): string[] {
  const { dim } = layout.styles;
  const { call } = result;
  if (hasChanges(call)) return changedLines(call.label, OUTPUT_LINES, layout);
  const duration = durationBelow(result);
  switch (call.label.output) {
    case "nothing":
    case "changes":
      return duration === "" ? [] : [dim(duration)];
    case "count":
      if (result.isPlaceholder) return outputLines(result, layout);
      return [dim(joinNotes(formatCount(countLines(result.text), "line"), duration))];
    case "lines":
      return outputLines(result, layout);
  }
}

function outputLines(result: ToolResult, layout: OutputLayout): string[] {
  const { dim } = layout.styles;
  const note = durationBelow(result);
  if (repeatsLastText(result)) return note === "" ? [] : [dim(note)];
  if (result.text.trim() === "") return [dim(note === "" ? "(no output)" : note)];
  return excerpt(result.text, { head: OUTPUT_LINES }, { ...layout, style: dim, note });
}

/** Returns the lines that are shown of a tool that failed. */
export function failureLines(result: ToolResult, layout: OutputLayout): string[] {
  const { styles } = layout;
  if (countLines(result.text) > 1) {
    const format = { ...layout, style: styles.red, note: durationBelow(result) };
    return excerpt(result.text, FAILURE_LINES, format);
  }
  return wrapText(sanitizeLine(result.text), {
    ...layout,
    mark: "",
    markStyle: styles.plain,
    style: styles.red,
    maxRows: MAX_REASON_ROWS,
  });
}

/** Returns the lines that are shown of the output of a denied tool. */
export function deniedOutputLines(text: string, layout: OutputLayout): string[] {
  return excerpt(text, { head: DENIAL_LINES }, { ...layout, style: layout.styles.dim });
}

/**
 * Returns the lines that a CI log collapses; none if there is nothing to collapse: no output, or a
 * failure that is shown completely.
 *
 * @param isTitleCut whether the title has only a part of the argument. Then the group has all of it
 */
export function groupLines(
  result: ToolResult,
  layout: OutputLayout,
  isTitleCut: boolean,
): string[] {
  const { call, text } = result;
  const isShort = countLines(text) <= FAILURE_LINES.head + FAILURE_LINES.tail;
  if (call.state === "failed" && isShort && !isTitleCut) return [];
  const lines = collapsedOutput(result, layout).map((line) => OUTPUT_INDENT + line);
  if (isTitleCut) lines.unshift(`  ${layout.styles.cyan("●")} ${call.label.argument}`);
  return lines;
}

function collapsedOutput(result: ToolResult, layout: OutputLayout): string[] {
  const { call, text } = result;
  if (hasChanges(call)) {
    return changedLines(call.label, GROUP_LINES.head + GROUP_LINES.tail, layout);
  }
  if (repeatsLastText(result) || text.trim() === "") return [];
  const { red, dim } = layout.styles;
  return excerpt(text, GROUP_LINES, { ...layout, style: call.state === "failed" ? red : dim });
}

/** Returns what a CI log shows of collapsed lines: their number, and how long the tool ran. */
export function groupNote(result: ToolResult): string {
  return joinNotes(groupCount(result), result.duration);
}

function groupCount(result: ToolResult): string {
  const { call, text } = result;
  if (hasChanges(call)) return formatCount(call.label.changedCount, "changed line");
  if (repeatsLastText(result)) return "";
  return text.trim() === "" ? "no output" : formatCount(countLines(text), "line");
}

function joinNotes(...notes: readonly string[]): string {
  return joinTexts(notes, " · ");
}

/** Returns the duration, which follows the output unless the title that is printed again contains it. */
function durationBelow({ isBelowCall, duration }: ToolResult): string {
  return isBelowCall ? duration : "";
}

/** Returns the first and last lines of a text, and a note. */
function excerpt(
  text: string,
  limits: LineLimits,
  { columns, styles, style, note = "" }: OutputLayout & { style: Style; note?: string },
): string[] {
  const { head, hidden, tail } = headAndTail(text, limits.head, limits.tail);
  const count = hidden > 0 ? hiddenLinesNote(hidden) : "";
  const lines = head.map((line) => style(cut(line, columns)));
  if (tail.length > 0) {
    lines.push(styles.dim(count), ...tail.map((line) => style(cut(line, columns))));
  }
  const end = joinNotes(tail.length > 0 ? "" : count, note);
  if (end !== "") lines.push(styles.dim(end));
  return lines;
}

/** Returns the first lines that a call changes. */
function changedLines(
  { changes, changedCount }: ToolLabel,
  maxLines: number,
  { columns, styles }: OutputLayout,
): string[] {
  const lines = changes.slice(0, maxLines).map((change) => {
    const style = change.startsWith("-") ? styles.red : styles.green;
    return style(cut(sanitizeTextLine(change), columns));
  });
  const hidden = changedCount - lines.length;
  if (hidden > 0) lines.push(styles.dim(hiddenLinesNote(hidden)));
  return lines;
}

function hasChanges({ label, state }: ToolCall): boolean {
  return state === "done" && label.output === "changes" && label.changes.length > 0;
}

/** Returns whether a result repeats the last text of the subagent, which was shown. */
function repeatsLastText({ call: { lastText }, text }: ToolResult): boolean {
  return lastText !== "" && text.trimStart().startsWith(lastText);
}

function cut(line: string, columns: number | undefined): string {
  return columns === undefined ? line : cutEnd(expandTabs(line), columns);
}

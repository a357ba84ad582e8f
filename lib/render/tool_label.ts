import { describeToolCall, type ToolCallDescription, type ToolInput } from "../claude/tools.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import type { Style, Styles } from "../terminal/styles.ts";
import { cutEnd, cutStart, displayWidth } from "../terminal/width.ts";
import { type PathContext, shortPath } from "../util/display_path.ts";

/** A tool call on one line, in sanitized parts. */
export interface ToolLabel extends ToolCallDescription {
  /** The readable name of the tool. */
  readonly name: string;
}

/** Names and suffixes are cut here, because they share the line with the argument. */
const MAX_NAME_LENGTH = 60;

/** The arguments of Bash, Read, Edit, Write, Grep, Glob and Task begin in the same column. */
const NAME_COLUMNS = 5;

/** An argument that would have to be cut below this is worth more than the suffix. */
const MIN_ARGUMENT_COLUMNS = 12;

/**
 * Creates the label of a tool call.
 *
 * @example
 * ```ts
 * import { toolLabel } from "./tool_label.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const label = toolLabel("Read", { file_path: "/app/main.ts", limit: 20 }, { cwd: "/app" });
 * assertEquals([label.argument, label.suffix], ["main.ts", "lines 1-20"]);
 * ```
 */
export function toolLabel(name: string, input: ToolInput, paths: PathContext = {}): ToolLabel {
  const { argument, isPath, suffix, ...rest } = describeToolCall(name, input);
  return {
    name: readableName(name),
    argument: sanitizeLine(isPath ? shortPath(argument, paths) : argument),
    isPath,
    suffix: sanitizeLine(suffix, MAX_NAME_LENGTH),
    ...rest,
  };
}

/** Creates a label with no more than the name of the tool, for a call that was not seen. */
export function unknownToolLabel(name: string): ToolLabel {
  return {
    name: readableName(name),
    argument: "",
    isPath: false,
    suffix: "",
    output: "lines",
    changes: [],
    changedCount: 0,
  };
}

/** Returns `mcp__server__tool` as `server:tool`. */
function readableName(name: string): string {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  return sanitizeLine(server === undefined ? name : `${server}:${tool}`, MAX_NAME_LENGTH) || "tool";
}

/** Options for {@linkcode formatToolLabel}. */
export interface ToolLabelLayout {
  /** The available columns; undefined if there is no limit. */
  readonly columns: number | undefined;
  readonly styles: Styles;
  /** The style of the argument. The name is bold if it is plain. */
  readonly style: Style;
  /** Follows everything else. */
  readonly note?: string;
}

/** Formats a label as one line: the name, as much of the argument as fits, the suffix, the note. */
export function formatToolLabel(label: ToolLabel, layout: ToolLabelLayout): string {
  const { columns = Infinity, styles, style, note = "" } = layout;
  const name = cutEnd(label.name, Math.max(NAME_COLUMNS, Math.floor(columns / 2)));
  const isAlone = label.argument === "";
  const gap = isAlone ? "" : " ".repeat(1 + Math.max(0, NAME_COLUMNS - displayWidth(name)));
  let available = columns - displayWidth(name) - gap.length;
  let end = "";
  const needed = displayWidth(cutEnd(label.argument, MIN_ARGUMENT_COLUMNS));
  for (const part of [note, label.suffix]) {
    const width = displayWidth(part) + 2;
    if (part === "" || available - width < needed) continue;
    end = `  ${part}${end}`;
    available -= width;
  }
  const cut = label.isPath ? cutStart : cutEnd;
  const argument = cut(label.argument, Math.max(0, available));
  const nameStyle = style === styles.plain ? styles.bold : style;
  return nameStyle(name) + style(gap + argument) + styles.dim(end);
}

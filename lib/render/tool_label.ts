import {
  describeToolCall,
  NO_DESCRIPTION,
  readableToolName,
  type ToolCallDescription,
  type ToolInput,
} from "../claude/tools.ts";
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

/** The columns of the mark before a name. */
const MARK_COLUMNS = 2;

/** The arguments of Bash, Read, Edit, Write, Grep, Glob and Task begin in the same column. */
const NAME_COLUMNS = 5;

/** A note or suffix is left out if the argument would get fewer columns. */
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
  return { name: readableName(name), ...NO_DESCRIPTION };
}

function readableName(name: string): string {
  return sanitizeLine(readableToolName(name), MAX_NAME_LENGTH) || "tool";
}

/** Options for {@linkcode toolTitle}. */
export interface ToolTitleOptions {
  /** A styled character that precedes the name. */
  readonly mark: string;
  /** The available columns; undefined if there is no limit. */
  readonly columns: number | undefined;
  readonly styles: Styles;
  /** The style of the name and the argument. If it is plain, the name is bold. */
  readonly style: Style;
  /** Follows everything else. @default {""} */
  readonly note?: string;
  /** Whether the call was shown before, so that its suffix is not needed. @default {false} */
  readonly isRepeated?: boolean;
}

/** Formats a call as one line: mark, name, as much of the argument as fits, suffix and note. */
export function toolTitle(label: ToolLabel, options: ToolTitleOptions): string {
  const { mark, styles, style, note = "", isRepeated = false } = options;
  const columns = (options.columns ?? Infinity) - MARK_COLUMNS;
  const name = cutEnd(label.name, Math.max(NAME_COLUMNS, Math.floor(columns / 2)));
  const isAlone = label.argument === "";
  const gap = isAlone ? "" : " ".repeat(1 + Math.max(0, NAME_COLUMNS - displayWidth(name)));
  let available = columns - displayWidth(name) - gap.length;
  let end = "";
  const needed = Math.min(MIN_ARGUMENT_COLUMNS, displayWidth(label.argument));
  for (const part of [note, isRepeated ? "" : label.suffix]) {
    const width = displayWidth(part) + 2;
    if (part === "" || available - width < needed) continue;
    end = `  ${part}${end}`;
    available -= width;
  }
  const cut = label.isPath ? cutStart : cutEnd;
  const argument = cut(label.argument, Math.max(0, available));
  const nameStyle = style === styles.plain ? styles.bold : style;
  return `${mark} ${nameStyle(name)}${style(gap + argument)}${styles.dim(end)}`;
}

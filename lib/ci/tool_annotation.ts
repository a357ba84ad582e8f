import type { Annotation } from "./log.ts";
import { headAndTail } from "../terminal/head_and_tail.ts";
import type { ToolLabel } from "../render/pretty/tool_label.ts";
import { formatCount } from "../util/units.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { cutEnd, cutStart } from "../terminal/width.ts";

/** A failure is told by its beginning and, after long output, by its end. */
export const FAILURE_LINES = { head: 5, tail: 5 } as const;

/** What tells which call it was, in the title and the first line of an annotation. */
const ARGUMENT_COLUMNS = 80;

/** Puts before the argument what belongs there; without an argument, nothing. */
function argumentOf({ argument, isPath }: ToolLabel, before: string): string {
  if (argument === "") return "";
  return before + (isPath ? cutStart : cutEnd)(argument, ARGUMENT_COLUMNS);
}

/** Says that a tool failed, with what it said: as much as progress shows of it. */
export function failureAnnotation(line: ToolLabel, text: string): Annotation {
  const { head, hidden, tail } = headAndTail(text, FAILURE_LINES.head, FAILURE_LINES.tail);
  const more = hidden > 0 ? [`… +${formatCount(hidden, "line")}`] : [];
  const said = [...head, ...more, ...tail].join("\n");
  const message = `${line.name}${argumentOf(line, " ")}${said === "" ? " failed" : `: ${said}`}`;
  return { title: `${line.name} failed${argumentOf(line, ": ")}`, message };
}

/** Says that a tool was refused, and why, where that is known. */
export function denialAnnotation(line: ToolLabel, reason: string): Annotation {
  const why = reason.trim() === "" ? "" : `: ${sanitizeLine(reason)}`;
  return {
    title: `${line.name} denied${argumentOf(line, ": ")}`,
    message: `${line.name}${argumentOf(line, " ")} denied${why}`,
  };
}

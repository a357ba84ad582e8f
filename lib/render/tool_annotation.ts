import type { Annotation } from "../terminal/ci_log.ts";
import { headAndTail, hiddenLinesNote } from "../terminal/head_and_tail.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import type { ToolLabel } from "./tool_label.ts";

/** The first and last lines that are shown of a failure. */
export const FAILURE_LINES = { head: 5, tail: 5 } as const;

const MAX_ARGUMENT_LENGTH = 80;

/** The parts of a label that identify a call. */
type CallName = Pick<ToolLabel, "name" | "argument">;

/** Returns the annotation about a failed tool call, with the beginning and the end of its output. */
export function failureAnnotation(label: CallName, output: string): Annotation {
  const { head, hidden, tail } = headAndTail(output, FAILURE_LINES.head, FAILURE_LINES.tail);
  const more = hidden > 0 ? [hiddenLinesNote(hidden)] : [];
  const excerpt = [...head, ...more, ...tail].join("\n");
  const call = callText(label);
  return {
    title: annotationTitle(label, "failed"),
    message: excerpt === "" ? `${call} failed` : `${call}: ${excerpt}`,
  };
}

/** Returns the annotation about a denied tool call. */
export function denialAnnotation(label: CallName, reason: string): Annotation {
  return {
    title: annotationTitle(label, "denied"),
    message: denialMessage(callText(label), reason),
  };
}

/** Returns that a call was denied, and why if that is known. */
export function denialMessage(call: string, reason: string): string {
  return reason.trim() === "" ? `${call} denied` : `${call} denied: ${sanitizeLine(reason)}`;
}

function annotationTitle({ name, argument }: CallName, outcome: string): string {
  const title = `${name} ${outcome}`;
  return argument === "" ? title : `${title}: ${sanitizeLine(argument, MAX_ARGUMENT_LENGTH)}`;
}

function callText({ name, argument }: CallName): string {
  return argument === "" ? name : `${name} ${sanitizeLine(argument, MAX_ARGUMENT_LENGTH)}`;
}

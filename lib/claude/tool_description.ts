/**
 * The description of a tool call, and helpers for the functions that describe the tools.
 *
 * @module
 */

import { getFirstText } from "./json_fields.ts";

/** A tool's input, as the model wrote it. */
export type ToolInput = { readonly [field: string]: unknown };

/**
 * Which part of a tool's output is worth showing: its lines, their number, the change that the tool
 * made, or nothing, because the call already shows it.
 */
export type ToolOutputKind = "lines" | "count" | "changes" | "nothing";

/** The lines that a call changes. */
export interface ChangedLines {
  /** The first lines, marked with `+` and `-`. */
  readonly changes: readonly string[];
  /** The number of lines. */
  readonly changedCount: number;
}

/** What identifies a tool call and its output. The texts are not sanitized. */
export interface ToolCallDescription extends ChangedLines {
  /** The value that identifies the call, such as a command; may be empty. */
  readonly argument: string;
  /** Whether the argument is a path. */
  readonly isPath: boolean;
  /** Further facts, such as the number of changed lines; may be empty. */
  readonly suffix: string;
  /** The lines of a list or text that the call is about, such as a plan; may be empty. */
  readonly details: string;
  readonly output: ToolOutputKind;
}

/** The parts of a description that differ from {@linkcode NO_DESCRIPTION}. */
export type PartialDescription = Partial<ToolCallDescription>;

/** The description of a call whose input is not known. */
export const NO_DESCRIPTION: ToolCallDescription = {
  argument: "",
  isPath: false,
  suffix: "",
  details: "",
  output: "lines",
  changes: [],
  changedCount: 0,
};

/** Returns the file or directory that a call names. */
export function filePathOf(input: ToolInput): string | undefined {
  return getFirstText(input, ["file_path", "notebook_path", "path"]);
}

/** Describes a call by the first of these fields that has text. */
export function argumentOf(input: ToolInput, ...fields: readonly string[]): PartialDescription {
  return { argument: getFirstText(input, fields) ?? "" };
}

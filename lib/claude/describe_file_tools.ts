/**
 * Describes calls of the tools that read, search and change files.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import { countLines } from "../util/lines.ts";
import { isCount } from "../util/plausible.ts";
import { sliceStart } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";
import { changedLines } from "./changed_lines.ts";
import { getFirstText, getNonEmptyString, getObjects, getString } from "./json_fields.ts";
import {
  argumentOf,
  type ChangedLines,
  filePathOf,
  type PartialDescription,
  type ToolInput,
} from "./tool_description.ts";

/** Further changed lines are only counted. */
const MAX_CHANGES = 200;

/** A longer changed line is cut. */
const MAX_CHANGE_LENGTH = 2_000;

export function describeFile(input: ToolInput): PartialDescription {
  return { argument: filePathOf(input) ?? "", isPath: true };
}

export function describeRead(input: ToolInput): PartialDescription {
  return { ...describeFile(input), suffix: lineRange(input), output: "count" };
}

export function describeWrite(input: ToolInput): PartialDescription {
  const lines = countLines(getString(input, "content") ?? "");
  return { ...describeFile(input), suffix: formatCount(lines, "line"), output: "nothing" };
}

export function describeGrep(input: ToolInput): PartialDescription {
  const suffix = joinTexts([searchedPath(input), getFirstText(input, ["glob", "type"])], " ");
  return { ...argumentOf(input, "pattern"), suffix };
}

export function describeGlob(input: ToolInput): PartialDescription {
  return { ...argumentOf(input, "pattern"), suffix: searchedPath(input) };
}

export function describeEdit(input: ToolInput): PartialDescription {
  return describeEdits(input, [input]);
}

export function describeMultiEdit(input: ToolInput): PartialDescription {
  return describeEdits(input, getObjects(input, "edits"));
}

function describeEdits(input: ToolInput, edits: readonly ToolInput[]): PartialDescription {
  const lines = edits.flatMap(changesOfEdit);
  const added = lines.filter((line) => line.startsWith("+")).length;
  const replacesAll = edits.some((edit) => edit["replace_all"] === true);
  return {
    ...describeFile(input),
    suffix: joinTexts(
      [`+${added} -${lines.length - added}`, replacesAll ? "everywhere" : ""],
      " ",
    ),
    output: "changes",
    ...limitChanges(lines),
  };
}

/** Returns the lines that an edit changes, as in a diff. */
function changesOfEdit(edit: ToolInput): string[] {
  const { removed, added } = changedLines(
    getString(edit, "old_string") ?? "",
    getString(edit, "new_string") ?? "",
  );
  return [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
}

/** Returns the changed lines of a unified diff without the names of the file. */
export function changesInDiff(diff: string): ChangedLines {
  return limitChanges(diff.split("\n").filter((line) => /^[+-]/.test(line)));
}

function limitChanges(lines: readonly string[]): ChangedLines {
  const changes = lines.slice(0, MAX_CHANGES).map((line) =>
    `${line.charAt(0)} ${sliceStart(line.slice(1), MAX_CHANGE_LENGTH)}`
  );
  return { changes, changedCount: lines.length };
}

export function describeNotebookEdit(input: ToolInput): PartialDescription {
  const mode = getFirstText(input, ["edit_mode"]) ?? "replace";
  const lines = formatCount(countLines(getString(input, "new_source") ?? ""), "line");
  const suffix = mode === "delete" ? "cell deleted" : `${mode} ${lines}`;
  return { ...describeFile(input), suffix, output: "nothing" };
}

function lineRange(input: ToolInput): string {
  const { offset, limit } = input;
  const first = isCount(offset) ? Math.max(1, offset) : 1;
  if (isCount(limit) && limit > 0) return `lines ${first}-${first + limit - 1}`;
  return isCount(offset) ? `from line ${first}` : "";
}

function searchedPath(input: ToolInput): string {
  const path = getNonEmptyString(input, "path");
  return path === undefined ? "" : `in ${path}`;
}

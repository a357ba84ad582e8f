/**
 * Describes calls of the tools with which the model plans, asks and reports. The todos, the plan or
 * the questions are shown as lines below the call.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { trimBlankLines } from "../util/lines.ts";
import { oneLine } from "../util/one_line.ts";
import { isCount } from "../util/plausible.ts";
import { formatCount } from "../util/units.ts";
import { getArray, getFirstText, getObjects, getPlausible, getStrings } from "./json_fields.ts";
import { argumentOf, type PartialDescription, type ToolInput } from "./tool_description.ts";

/** The marks of todos, by their states. */
const TODO_MARKS: ReadonlyMap<unknown, string> = new Map([
  ["completed", "[x]"],
  ["in_progress", "[~]"],
]);

export function describeTodos(input: ToolInput): PartialDescription {
  const todos = getObjects(input, "todos");
  const done = todos.filter((todo) => todo["status"] === "completed").length;
  const current = todos.find((todo) => todo["status"] === "in_progress");
  const lines = todos.map((todo) => {
    const text = lineOf(todo, "content", "activeForm");
    return text && `${TODO_MARKS.get(todo["status"]) ?? "[ ]"} ${text}`;
  });
  return {
    argument: `${formatCount(todos.length, "todo")}, ${done} done`,
    suffix: getFirstText(current ?? {}, ["activeForm", "content"]) ?? "",
    details: joinTexts(lines, "\n"),
    output: "nothing",
  };
}

export function describeTaskCreate(input: ToolInput): PartialDescription {
  return argumentOf(input, "subject", "description");
}

export function describeTaskGet(input: ToolInput): PartialDescription {
  return { argument: taskIdOf(input) ?? "" };
}

export function describeTaskUpdate(input: ToolInput): PartialDescription {
  const owner = getFirstText(input, ["owner"]);
  const changes = joinTexts([
    getFirstText(input, ["status"])?.replaceAll("_", " "),
    getFirstText(input, ["subject", "activeForm", "description"]),
    owner && `owner ${owner}`,
    taskIds(input, "addBlockedBy", "blocked by"),
    taskIds(input, "addBlocks", "blocks"),
  ], ", ");
  return { argument: joinTexts([taskIdOf(input), changes], " ") };
}

function taskIdOf(input: ToolInput): string | undefined {
  const id = getFirstText(input, ["taskId", "task_id"]) ?? getPlausible(input, "taskId", isCount);
  return id === undefined ? undefined : `#${id}`;
}

function taskIds(input: ToolInput, field: string, words: string): string {
  const ids = getStrings(input, field).map((id) => `#${id}`);
  return ids.length === 0 ? "" : `${words} ${ids.join(" ")}`;
}

export function describePlan(input: ToolInput): PartialDescription {
  const plan = getFirstText(input, ["plan"]) ?? "";
  const [title = ""] = trimBlankLines(plan).split("\n", 1);
  return {
    argument: title.replace(/^#+ /, ""),
    details: plan,
    output: plan === "" ? "lines" : "nothing",
  };
}

export function describeQuestions(input: ToolInput): PartialDescription {
  const questions = getObjects(input, "questions");
  const [first] = questions;
  const lines = questions.flatMap((question) => [
    lineOf(question, "question", "header"),
    ...optionsOf(question).map((option) => `  ${option}`),
  ]);
  if (first === undefined) return {};
  return {
    argument: questions.length > 1
      ? formatCount(questions.length, "question")
      : lineOf(first, "header", "question"),
    details: joinTexts(lines, "\n"),
  };
}

function optionsOf(question: JsonObject): string[] {
  return getArray(question, "options").map((option) => {
    const text = isJsonObject(option)
      ? joinTexts([lineOf(option, "label"), lineOf(option, "description")], ": ")
      : oneLine(typeof option === "string" ? option : "");
    return text && `- ${text}`;
  });
}

export function describeFindings(input: ToolInput): PartialDescription {
  const findings = getObjects(input, "findings");
  const lines = findings.map((finding) => {
    const line = getPlausible(finding, "line", isCount);
    const place = joinTexts([lineOf(finding, "file"), line === undefined ? "" : String(line)], ":");
    const ranks = joinTexts([lineOf(finding, "severity"), lineOf(finding, "verdict")], ", ");
    const text = lineOf(finding, "summary", "short_summary");
    return joinTexts([joinTexts([place, text], ": "), ranks && `(${ranks.toLowerCase()})`], " ");
  });
  return {
    argument: formatCount(findings.length, "finding"),
    details: joinTexts(lines, "\n"),
  };
}

/** Returns the first of these fields that has text, on one line. */
function lineOf(object: JsonObject, ...fields: readonly string[]): string {
  return oneLine(getFirstText(object, fields) ?? "");
}

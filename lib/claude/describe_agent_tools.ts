/**
 * Describes calls of the tools that start and steer work besides the conversation: commands, subagents
 * and timers.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import { isDuration } from "../util/plausible.ts";
import { formatSeconds } from "../util/units.ts";
import { getFirstText, getNonEmptyString, getObject, getPlausible } from "./json_fields.ts";
import { argumentOf, type PartialDescription, type ToolInput } from "./tool_description.ts";

export function describeBash(input: ToolInput): PartialDescription {
  return { ...argumentOf(input, "command"), suffix: backgroundOf(input) };
}

export function describeAgent(input: ToolInput): PartialDescription {
  const type = getNonEmptyString(input, "subagent_type");
  return {
    ...argumentOf(input, "description", "prompt"),
    suffix: joinTexts([type && `(${type})`, backgroundOf(input)], " "),
  };
}

function backgroundOf(input: ToolInput): string {
  return input["run_in_background"] === true ? "in the background" : "";
}

export function describeMonitor(input: ToolInput): PartialDescription {
  const timeout = formatTime(getPlausible(input, "timeout_ms", isDuration));
  return {
    argument: getFirstText(input, ["command"]) ?? getFirstText(getObject(input, "ws"), ["url"]) ??
      getFirstText(input, ["description"]) ?? "",
    suffix: input["persistent"] === true ? "until it ends" : timeout && `up to ${timeout}`,
  };
}

export function describeCron(input: ToolInput): PartialDescription {
  return {
    argument: joinTexts([getFirstText(input, ["cron"]), getFirstText(input, ["prompt"])], ": "),
    suffix: input["recurring"] === false ? "once" : "",
  };
}

export function describeWakeup(input: ToolInput): PartialDescription {
  const seconds = getPlausible(input, "delaySeconds", isDuration);
  const delay = seconds === undefined ? "" : formatTime(seconds * 1_000);
  const when = input["stop"] === true ? "stop" : delay && `in ${delay}`;
  return { argument: joinTexts([when, getFirstText(input, ["reason", "prompt"])], ": ") };
}

export function describeMessage(input: ToolInput): PartialDescription {
  const recipient = getFirstText(input, ["to", "recipient"]);
  const text = getFirstText(input, ["summary", "message", "content"]);
  return { argument: joinTexts([recipient && `to ${recipient}`, text], ": ") };
}

export function describeSkill(input: ToolInput): PartialDescription {
  const skill = getFirstText(input, ["skill", "command", "name"]);
  return { argument: joinTexts([skill, skill && getFirstText(input, ["args"])], " ") };
}

/** Formats a time that a tool was given; empty if there is none. */
function formatTime(ms: number | undefined): string {
  return ms === undefined ? "" : formatSeconds(ms);
}

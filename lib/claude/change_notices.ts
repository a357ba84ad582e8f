/**
 * Notices about changes that matter after the run: of the repository, of the model, of the goal.
 *
 * @module
 */

import { joinTexts } from "../util/join_texts.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { isId, isName, isWebUrl, isWord } from "../util/plausible.ts";
import { getCount, getNonEmptyString, getObject, getObjects, getPlausible } from "./json_fields.ts";
import { info, messageText, type Notice } from "./notice_reader.ts";

/** What git did, in the past tense. */
const VCS_VERBS: ReadonlyMap<string, string> = new Map([
  ["commit", "committed on"],
  ["push", "pushed"],
  ["merge", "merged"],
  ["rebase", "rebased"],
]);

/** Reads a commit, push, merge or rebase that a tool made. */
export function readVcsChange(message: JsonObject): Notice {
  const kind = getPlausible(message, "kind", isWord) ?? "change";
  const branch = getNonEmptyString(message, "branch");
  const verb = VCS_VERBS.get(kind) ?? `${kind} on`;
  return info("vcs", branch === undefined ? verb.replace(/ on$/, "") : `${verb} ${branch}`);
}

/** Reads a change of a pull request, which Claude Code recognizes by the URL that a tool printed. */
export function readCodeChange(message: JsonObject): Notice {
  const url = getNonEmptyString(message, "url") ?? "";
  const action = getNonEmptyString(message, "action") ?? "published";
  const notice = info("code_change", joinTexts([action, url], " "));
  return isWebUrl(url) ? { ...notice, url } : notice;
}

/** Reads a switch to another model. */
export function readModelSwitch(message: JsonObject): Notice {
  const from = getPlausible(message, "original_model", isName);
  const to = getPlausible(message, "fallback_model", isName);
  return {
    level: "warning",
    kind: "model",
    text: messageText(message) ?? describeModelSwitch(from, to),
  };
}

export function describeModelSwitch(from: string | undefined, to = "another model"): string {
  return from === undefined ? `switched to ${to}` : `switched from ${from} to ${to}`;
}

/** The messages after which the session uses the model in `fallback_model`. */
const MODEL_SWITCHES: ReadonlySet<unknown> = new Set([
  "model_fallback",
  "model_consent_fallback",
  "model_refusal_fallback",
]);

/** Returns the model that the session uses from this message on; undefined if it does not change. */
export function switchedModel(message: JsonObject): string | undefined {
  if (message["type"] !== "system" || !MODEL_SWITCHES.has(message["subtype"])) return undefined;
  const isOfSubagent = message["scope"] === "local" ||
    getPlausible(message, "parent_tool_use_id", isId) !== undefined;
  return isOfSubagent ? undefined : getPlausible(message, "fallback_model", isName);
}

/** Reads the state of the goal that `/goal` sets. */
export function readGoal(message: JsonObject): Notice {
  if (!isJsonObject(message["value"])) return info("goal", "met or removed");
  const goal = getObject(message, "value");
  const checks = getCount(goal, "iterations");
  const state = `not met yet${checks === 0 ? "" : ` (check ${checks})`}`;
  return info("goal", joinTexts([state, getNonEmptyString(goal, "last_reason")], ": "));
}

/** Reads the pages that the session has published. */
export function readSessionMetadata(message: JsonObject): Notice {
  const urls = getObjects(getObject(message, "metadata"), "artifacts").map((artifact) =>
    getNonEmptyString(artifact, "url")
  );
  return info("session_metadata", joinTexts(urls, ", ") || "the metadata of the session changed");
}

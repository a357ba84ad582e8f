/**
 * Detects tool calls that were denied.
 *
 * From 2.1.330 on, the message with the tool result states the decision. From 2.1.90 on, the text of
 * the result identifies a denial, because the output of a failed command starts with its exit code.
 * Before that, and for MCP servers, which word their own errors, a denial is known only when the
 * result of the turn lists it.
 *
 * @module
 */

import type { JsonObject } from "../util/json.ts";
import { getObject, getObjects, getString } from "./json_fields.ts";
import { unwrapToolError } from "./tools.ts";
import { compareVersions } from "./version.ts";

/** Whether a tool call was allowed. */
export type Decision = "accept" | "reject";

/** A tool result that is an error. */
export interface ToolError {
  /** Undefined if the call was not seen. */
  readonly tool: string | undefined;
  readonly text: string;
  /** The decision that the message states, see {@linkcode permissionDecision}. */
  readonly decision?: Decision | undefined;
  /** The version of Claude Code, if it is known. */
  readonly version: string | undefined;
}

/** Returns what a message with tool results states about a call. */
export function permissionDecision(message: JsonObject, toolUseId: string): Decision | undefined {
  const meta = getObjects(message, "tool_result_meta").find(({ id }) => id === toolUseId);
  const decision = getString(getObject(meta ?? {}, "permission_decision"), "decision");
  return decision === "accept" || decision === "reject" ? decision : undefined;
}

/** The first version that starts the output of a failed command with its exit code. */
const TEXT_IS_RELIABLE_SINCE = "2.1.90";

/** Longer texts are not searched. They are output, not a message of Claude Code. */
const MAX_DENIAL_LENGTH = 200_000;

/** Advice for the model at the end of a denial. */
const ADVICE = / IMPORTANT: You \*may\*[\s\S]*$/;

/**
 * Returns why a tool call was denied.
 *
 * @returns undefined if the call was not denied, or if that is not certain
 *
 * @example
 * ```ts
 * import { detectDenial } from "./denials.ts";
 *
 * const version = "2.1.197";
 * const text = "This command requires approval";
 * console.log(detectDenial({ tool: "Bash", text, version })); // This command requires approval
 * console.log(detectDenial({ tool: "Bash", text: `Exit code 1\n${text}`, version })); // undefined
 * ```
 */
export function detectDenial(error: ToolError): string | undefined {
  const text = unwrapToolError(error.text).trim();
  const isDenied = error.decision === undefined
    ? hasReliableText(error) && isDenialText(text)
    : error.decision === "reject";
  return isDenied ? text.replace(ADVICE, "") : undefined;
}

function hasReliableText({ tool, text, version }: ToolError): boolean {
  if (tool === undefined || tool.startsWith("mcp__") || text.length > MAX_DENIAL_LENGTH) {
    return false;
  }
  return version !== undefined && compareVersions(version, TEXT_IS_RELIABLE_SINCE) >= 0;
}

function isDenialText(text: string): boolean {
  return requiresApproval(text) || DENIALS.some((denial) => denial.test(text));
}

/** Starts a line about a part of a shell command that requires approval. */
const COMMAND_PART = new RegExp(
  "^(?:This (?:Bash )?command|sed command|Commands that|Compound commands|" +
    "Multiple directory changes|Process substitution|(?:Tilde|Shell|Variable) expansion|" +
    "UNC network paths|Brace characters|Backtick escape|Paths beginning) ",
);

function requiresApproval(text: string): boolean {
  return !text.includes("\n") && COMMAND_PART.test(text) &&
    / requires? (?:explicit |manual )?approval\b/.test(text);
}

/** What permission rules and modes answer. Each matches the whole text; commands can have line breaks. */
const PERMISSION_MESSAGES: readonly RegExp[] = [
  /^Claude requested permissions to (?:use|read from|write to|glob) [^\n]+, but you haven't granted it yet\.$/,
  /^Claude requested permissions to edit [^\n]+ which is a sensitive file\.$/,
  /^Permission to (?:use|read|edit) [\s\S]+ has been denied\.$/,
  /^Permission to use \S+ has been denied because Claude Code is running in don't ask mode\./,
  /^File is in a directory that is denied by your permission settings\.$/,
  /^Cannot write to [^\n]+ while in plan mode\.$/,
  /^WebFetch denied access to domain:[^\n]+\.$/,
  /^Skill execution blocked by permission rules$/,
  /^(?:Exit plan mode|Answer questions)\?$/,
];

/** What the check of shell commands answers. */
const COMMAND_MESSAGES: readonly RegExp[] = [
  /^This Bash command contains multiple operations\. The following parts? requires? approval: /,
  /^(?:\w+ in|Output redirection to) '[^\n]+' was blocked\. For security, Claude Code may only /,
  /^Dangerous rm operation detected: [^\n]+\n\n[^\n]+ requires explicit approval and cannot be auto-allowed\b/,
  /^Contains [a-z]+(?:_[a-z]+)+$/,
];

/** What hooks answer. */
const HOOK_MESSAGES: readonly RegExp[] = [
  /^PreToolUse:\S+ hook error: /,
  /^Hook PreToolUse:\S+ (?:denied|asked for confirmation for) this tool$/,
];

/** Starts the text of a denial by a hook. A denial that is only listed can begin with "Error:". */
const HOOK_DENIAL = /^(?:Error: )?(?:\w+:\S+ hook error\b|Hook \w+:\S+ denied this tool\b)/;

/** Returns whether a hook denied a call, judging by the text of its result. No option can allow it. */
export function isHookDenial(text: string | undefined): boolean {
  return text !== undefined && HOOK_DENIAL.test(text);
}

const DENIALS = [...PERMISSION_MESSAGES, ...COMMAND_MESSAGES, ...HOOK_MESSAGES];

/** The result of a call whose turn was interrupted. */
const INTERRUPTION =
  /^The user doesn't want to (?:proceed with this tool use|take this action right now)\.[^\n]*\bSTOP what you are doing and wait for the user to tell you how to proceed\.\s*$/;

/**
 * Returns whether a tool was stopped because its turn was interrupted.
 *
 * @param text the text of the tool result
 * @param message the message that has the tool result
 */
export function isInterruptedResult(text: string, message: JsonObject): boolean {
  return message["tool_use_result"] === "User rejected tool use" && INTERRUPTION.test(text);
}

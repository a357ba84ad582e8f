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
export type PermissionDecision = "accept" | "reject";

/** A tool result that is an error. */
export interface ToolError {
  /** Undefined if the call was not seen. */
  readonly tool: string | undefined;
  readonly text: string;
  /** The decision that the message states, see {@linkcode permissionDecision}. */
  readonly decision?: PermissionDecision | undefined;
  readonly claudeVersion: string | undefined;
}

/** Returns what a message with tool results states about a call. */
export function permissionDecision(
  message: JsonObject,
  toolUseId: string,
): PermissionDecision | undefined {
  const meta = getObjects(message, "tool_result_meta").find(({ id }) => id === toolUseId);
  const decision = getString(getObject(meta ?? {}, "permission_decision"), "decision");
  return decision === "accept" || decision === "reject" ? decision : undefined;
}

/** The first version that starts the output of a failed command with its exit code. */
const TEXT_IS_RELIABLE_SINCE = "2.1.90";

/** The advice for the model, which ends a denial. */
const ADVICE_PREFIX = " IMPORTANT: You *may* ";

/**
 * Returns why a tool call was denied.
 *
 * @returns undefined if the call was not denied, or if that is not certain
 *
 * @example
 * ```ts
 * import { detectDenial } from "./denials.ts";
 *
 * const claudeVersion = "2.1.197";
 * const text = "This command requires approval";
 * console.log(detectDenial({ tool: "Bash", text, claudeVersion }));
 * // This command requires approval
 * console.log(detectDenial({ tool: "Bash", text: `Exit code 1\n${text}`, claudeVersion }));
 * // undefined
 * ```
 */
export function detectDenial(error: ToolError): string | undefined {
  const text = unwrapToolError(error.text).trim();
  const isDenied = error.decision === undefined
    ? hasReliableText(error) && isDenialText(text)
    : error.decision === "reject";
  return isDenied ? text.split(ADVICE_PREFIX, 1)[0] : undefined;
}

function hasReliableText({ tool, claudeVersion }: ToolError): boolean {
  return tool !== undefined && !tool.startsWith("mcp__") &&
    claudeVersion !== undefined && compareVersions(claudeVersion, TEXT_IS_RELIABLE_SINCE) >= 0;
}

/** The output of a failed command can contain anything. */
const COMMAND_OUTPUT_PREFIX = "Exit code ";

/** How much of a text is searched. The denial of a long command quotes the command. */
const SEARCHED_LENGTH = 1000;

function isDenialText(text: string): boolean {
  if (text.startsWith(COMMAND_OUTPUT_PREFIX)) return false;
  const firstLine = text.slice(0, SEARCHED_LENGTH).split("\n", 1)[0] ?? "";
  return DENIALS.some((denial) => denial.test(firstLine));
}

/** Starts the text of a denial by a hook. A denial that is only listed can begin with "Error:". */
const HOOK_DENIAL = /^(?:Error: )?(?:\w+:\S+ hook error\b|Hook \w+:\S+ denied this tool\b)/;

/** The first line of a denial: by permission rules, by the check of shell commands, by a hook. */
const DENIALS: readonly RegExp[] = [
  /^Claude requested permissions to /,
  /^Permission to (?:use|read|edit) /,
  /^File is in a directory that is denied by your permission settings\./,
  /^Cannot write to .* while in plan mode\.$/,
  /^WebFetch denied access to domain:/,
  /^Skill execution blocked by permission rules$/,
  /^(?:Exit plan mode|Answer questions)\?$/,
  / requires? (?:explicit |manual )?approval\b/,
  / was blocked\. For security, Claude Code may only /,
  /^Dangerous rm operation detected: /,
  /^Contains [a-z]+(?:_[a-z]+)+$/,
  HOOK_DENIAL,
  /^Hook \w+:\S+ asked for confirmation for this tool$/,
];

/** Returns whether a hook denied a call, judging by the text of its result. No option can allow it. */
export function isHookDenial(text: string | undefined): boolean {
  return text !== undefined && HOOK_DENIAL.test(text);
}

/**
 * Returns whether a tool was stopped because its turn was interrupted.
 *
 * @param text the text of the tool result
 * @param message the message that has the tool result
 */
export function isInterruptedResult(text: string, message: JsonObject): boolean {
  return message["tool_use_result"] === "User rejected tool use" &&
    text.startsWith("The user doesn't want to ");
}

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

import type { DenialCause } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { getId, getNonEmptyString, getObject, getObjects, getString } from "./json_fields.ts";
import { editsFiles, readsFiles, unwrapToolError } from "./tools.ts";
import { compareVersions } from "./version.ts";

/** A decision on a tool call, as a message states it. */
export interface PermissionDecision {
  readonly isAllowed: boolean;
  /** What decided, for example "config" or "hook". */
  readonly source: string | undefined;
  /** Why, for example "rule" or "safetyCheck". */
  readonly reasonType: string | undefined;
}

/** A tool result that is an error. */
export interface ToolError {
  /** Undefined if the call was not seen. */
  readonly tool: string | undefined;
  readonly text: string;
  /** The decision that the message states, see {@linkcode permissionDecisions}. */
  readonly decision?: PermissionDecision | undefined;
  readonly claudeVersion: string | undefined;
}

/** Returns the decisions that a message with tool results states, by the ids of the calls. */
export function permissionDecisions(message: JsonObject): ReadonlyMap<string, PermissionDecision> {
  const decisions = new Map<string, PermissionDecision>();
  for (const meta of getObjects(message, "tool_result_meta")) {
    const stated = getObject(meta, "permission_decision");
    const decision = getString(stated, "decision");
    if (decision !== "accept" && decision !== "reject") continue;
    decisions.set(getId(meta, "id"), {
      isAllowed: decision === "accept",
      source: getNonEmptyString(stated, "source"),
      reasonType: getNonEmptyString(stated, "reason_type"),
    });
  }
  return decisions;
}

/** The first version that starts the output of a failed command with its exit code. */
const TEXT_IS_RELIABLE_SINCE = "2.1.90";

/** The advice for the model, which ends a denial. */
const ADVICE_PREFIX = " IMPORTANT: You *may* ";

/**
 * Returns why a tool call was denied, and what denied it.
 *
 * @returns undefined if the call was not denied, or if that is not certain
 *
 * @example
 * ```ts
 * import { detectDenial } from "./denials.ts";
 *
 * const claudeVersion = "2.1.197";
 * const text = "This command requires approval";
 * console.log(detectDenial({ tool: "Bash", text, claudeVersion })?.reason);
 * // This command requires approval
 * console.log(detectDenial({ tool: "Bash", text: `Exit code 1\n${text}`, claudeVersion }));
 * // undefined
 * ```
 */
export function detectDenial(
  error: ToolError,
): { readonly reason: string; readonly cause: DenialCause } | undefined {
  const text = unwrapToolError(error.text).trim();
  // The tool itself checks the rules for subagents, after the call was allowed.
  const isDenied = error.decision === undefined || AGENT_DENIAL.test(text)
    ? hasReliableText(error) && isDenialText(text)
    : !error.decision.isAllowed;
  if (!isDenied) return undefined;
  const [reason = text] = text.split(ADVICE_PREFIX, 1);
  const tool = error.tool ?? "unknown";
  return { reason, cause: denialCause({ ...error.decision, tool, text: reason }) };
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
const HOOK_DENIAL =
  /^(?:Error: )?(?:\w+:\S+ hook error\b|Hook \w+:\S+ (?:denied|asked for confirmation for) this tool\b)/;

const AGENT_DENIAL = /^Agent type '.*' has been denied by permission rule /;

const FOLDER_DENIAL = /^File is in a directory that is denied by your permission settings\./;
const SITE_DENIAL = /^WebFetch denied access to domain:/;
const SKILL_DENIAL = /^Skill execution blocked by permission rules$/;
const DANGEROUS_RM = /^Dangerous rm operation detected: /;

/** The first line of a denial: by permission rules, by the check of shell commands, by a hook. */
const DENIALS: readonly RegExp[] = [
  /^Claude requested permissions to /,
  /^Permission to (?:use|read|edit) /,
  AGENT_DENIAL,
  FOLDER_DENIAL,
  /^Cannot write to .* while in plan mode\.$/,
  SITE_DENIAL,
  SKILL_DENIAL,
  /^(?:Exit plan mode|Answer questions)\?$/,
  / (?:needs|requires?) (?:explicit |manual )?approval\b/,
  / was blocked\. For security, Claude Code may only /,
  DANGEROUS_RM,
  /^Contains [a-z]+(?:_[a-z]+)+$/,
  HOOK_DENIAL,
];

/** What is known about a denied call. */
export interface Denial extends Partial<Omit<PermissionDecision, "isAllowed">> {
  readonly tool: string;
  /** The text of its result. */
  readonly text: string;
}

/** The texts that identify a cause. */
const CAUSES: readonly (readonly [text: RegExp, cause: DenialCause])[] = [
  [HOOK_DENIAL, "hook"],
  [DANGEROUS_RM, "dangerous"],
  [/^Permission to [^]* has been denied\.$/, "deny_rule"],
  [AGENT_DENIAL, "deny_rule"],
  [FOLDER_DENIAL, "deny_rule"],
  [SITE_DENIAL, "deny_rule"],
  [SKILL_DENIAL, "deny_rule"],
  [/^Claude requested permissions to edit .* which is a sensitive file\.$/, "safety_check"],
  [/^Claude requested permissions to write to \S*\.claude\//, "safety_check"],
  [/ defers execution past approval-time safety checks\./, "safety_check"],
];

/**
 * Returns what denied a call. Options can give a missing approval. All other causes apply whatever is
 * allowed.
 *
 * @example
 * ```ts
 * import { denialCause } from "./denials.ts";
 *
 * console.log(denialCause({ tool: "Bash", text: "Permission to use Bash has been denied." }));
 * // deny_rule
 * ```
 */
export function denialCause({ tool, text, source, reasonType }: Denial): DenialCause {
  if (source === "hook" || reasonType === "hook") return "hook";
  if (source === "user_reject") return "prompt_tool";
  const words = unwrapToolError(text).trim();
  const known = CAUSES.find(([pattern]) => pattern.test(words))?.[1];
  if (known !== undefined) return known;
  if (reasonType === "safetyCheck") return "safety_check";
  if (reasonType === "rule" || isAskRuleText(tool, words)) return "ask_rule";
  return reasonType === undefined && !isDenialText(words) ? "other" : "approval";
}

/** Returns whether a rule demands a confirmation. Without a rule, these tools ask in other words. */
function isAskRuleText(tool: string, text: string): boolean {
  return (tool === "Bash" || editsFiles(tool) || readsFiles(tool)) &&
    text.startsWith(`Claude requested permissions to use ${tool}, `);
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

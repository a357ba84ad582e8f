/**
 * What Claude Code says in a tool's result when it refused the tool use.
 *
 * From 2.1.330 on the result's message says by a field of its own what was decided. Older versions say it
 * in the result's text alone, and name the tool use once more when all is over. Here is what is certain by
 * the text: the whole of it is compared, and only where what a tool itself says cannot be all of it. What is
 * not certain is a failure until the last result names it.
 *
 * @module
 */

import { getObject, getObjects, getString, type Json } from "./json_fields.ts";
import { compareVersions } from "./version.ts";

/** A tool's result that is an error, and what is known of the run. */
export interface ToolError {
  readonly tool: string;
  readonly text: string;
  /** What the message says was decided, by {@linkcode permissionDecision}. */
  readonly decision?: Decision | undefined;
  /** Claude Code's version, where it is known. */
  readonly version: string | undefined;
  /** The permission mode, where it is known. */
  readonly mode: string | undefined;
}

/** Whether a tool use was allowed. */
export type Decision = "accept" | "reject";

/** What a message with tool results says was decided on a tool use. */
export function permissionDecision(message: Json, id: string): Decision | undefined {
  const meta = getObjects(message, "tool_result_meta").find((one) => one["id"] === id);
  if (meta === undefined) return undefined;
  const decision = getString(getObject(meta, "permission_decision"), "decision");
  return decision === "accept" || decision === "reject" ? decision : undefined;
}

/** From here on what a failed command printed stands below "Exit code 1"; before, it was all there was. */
const EXIT_CODES_SINCE = "2.1.90";

/** What Claude Code puts around errors of its own. */
const WRAPPED = /^<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/;

/** Paths and the like: anything in one line, of a length that keeps the search short. */
const WHAT = "[^\\n]{1,4096}";

const UNGRANTED = ", but you haven't granted it yet\\.";

/** A path that Claude Code wants to be asked about in any case. */
const SENSITIVE = `Claude requested permissions to edit ${WHAT} which is a sensitive file\\.`;

/** How Claude Code begins to say what of a shell command it wants to be asked about. */
const COMMAND_PARTS = "(?:This (?:Bash )?command|sed command|Commands that|Compound commands|" +
  "Multiple directory changes|Process substitution|(?:Tilde|Shell|Variable) expansion|UNC network paths|" +
  "Brace characters|Backtick escape|Paths beginning)";

const DENIED_FOLDER = "File is in a directory that is denied by your permission settings\\.";

const READING = [
  `Claude requested permissions to (?:read from|glob) ${WHAT}${UNGRANTED}`,
  `Permission to read ${WHAT} has been denied\\.`,
  DENIED_FOLDER,
];

const WRITING = [
  `Claude requested permissions to write to ${WHAT}${UNGRANTED}`,
  SENSITIVE,
  `Permission to edit ${WHAT} has been denied\\.`,
  `Cannot write to ${WHAT} while in plan mode\\.`,
  DENIED_FOLDER,
];

/** What is said of one tool, or a few, beside what is said of {@linkcode anyTool}. Commands have line ends. */
const BY_TOOL: { readonly [tool: string]: readonly string[] } = {
  Bash: [
    // "This command requires approval", "Multiple directory changes in one command require approval for clarity"
    `${COMMAND_PARTS}(?: ${WHAT})? requires? (?:explicit |manual )?approval(?: ${WHAT})?`,
    "This Bash command contains multiple operations\\. " +
    "The following parts? requires? approval: [\\s\\S]+",
    "Permission to use Bash with command [\\s\\S]+ has been denied\\.",
    `(?:\\w+ in|Output redirection to) '${WHAT}' was blocked\\. ` +
    `For security, Claude Code may only ${WHAT} the allowed working directories for this session: ${WHAT}`,
    `Dangerous rm operation detected: '${WHAT}'\\n\\n${WHAT} requires explicit approval and cannot be ` +
    "auto-allowed by permission rules\\.",
    "Contains [a-z]+(?:_[a-z]+)+",
    SENSITIVE,
  ],
  Read: READING,
  NotebookRead: READING,
  Glob: READING,
  Grep: READING,
  LS: READING,
  Write: WRITING,
  Edit: WRITING,
  MultiEdit: WRITING,
  NotebookEdit: WRITING,
  WebFetch: [`WebFetch denied access to domain:${WHAT}\\.`],
  Skill: ["Skill execution blocked by permission rules"],
  // Nobody is there to be asked.
  ExitPlanMode: ["Exit plan mode\\?"],
  AskUserQuestion: ["Answer questions\\?"],
};

/** What is said of each tool where it needs to be allowed. */
function ungranted(tool: string): string[] {
  return [
    `Claude requested permissions to use ${tool}${UNGRANTED}`,
    `Permission to use ${tool} has been denied\\.`,
    // Advice for the model follows.
    `Permission to use ${tool} has been denied because Claude Code is running in don't ask mode\\.[\\s\\S]*`,
  ];
}

/** What is said of each tool when a hook refused it. */
function hooked(tool: string): string[] {
  return [
    `PreToolUse:${tool} hook error: [\\s\\S]+`,
    `Hook PreToolUse:${tool} (?:denied|asked for confirmation for) this tool`,
    // 2.0.25 does not say which.
    "Hook requested permission behavior: (?:deny|ask)",
  ];
}

/** The expressions that were made, by what they are for: that takes longer than to use them. */
const refusals = new Map<string, readonly RegExp[]>();

/** A session has a few tools; names that somebody makes up are not kept for ever. */
const MAX_REFUSALS = 200;

/** What refusals of a tool say; nothing where what the tool says cannot be told from them. */
function refusalsOf(error: ToolError): readonly RegExp[] {
  const key = JSON.stringify([error.tool, error.version, error.mode]);
  let made = refusals.get(key);
  if (made === undefined) {
    if (refusals.size >= MAX_REFUSALS) refusals.clear();
    made = patternsOf(error).map((pattern) => new RegExp(`^(?:${pattern})$`));
    refusals.set(key, made);
  }
  return made;
}

function patternsOf({ tool, version, mode }: ToolError): readonly string[] {
  const name = tool.replaceAll(/\W/g, "\\$&");
  if (tool.startsWith("mcp__")) {
    // Its server words its failures, and might lie: believed only where it may be true, and by its full name.
    return mode === undefined || mode === "bypassPermissions" ? [] : ungranted(name);
  }
  const isOld = version === undefined || compareVersions(version, EXIT_CODES_SINCE) < 0;
  if (tool === "Bash" && isOld) return [];
  const own = Object.hasOwn(BY_TOOL, tool) ? BY_TOOL[tool] ?? [] : [];
  return [...own, ...ungranted(name), ...hooked(name)];
}

/** Advice to the model, which tells a person nothing. */
const ADVICE = / IMPORTANT: You \*may\*[\s\S]*$/;

/** A longer one is looked at no further: hardly a command that is refused is as long. */
const TEXT_LIMIT = 200_000;

/**
 * Why a tool use was refused, when its result says that it was; undefined when it says so not, or
 * not for certain.
 *
 * @example
 * ```ts
 * import { detectDenial } from "./denials.ts";
 *
 * const run = { version: "2.1.197", mode: "default" };
 * const text = "This command requires approval";
 * console.log(detectDenial({ tool: "Bash", text, ...run })); // This command requires approval
 * console.log(detectDenial({ tool: "Bash", text: `Exit code 1\n${text}`, ...run })); // undefined
 * ```
 */
export function detectDenial(error: ToolError): string | undefined {
  if (error.decision === "accept" || error.text.length > TEXT_LIMIT) return undefined;
  const said = (WRAPPED.exec(error.text)?.[1] ?? error.text).trim();
  const isRefusal = error.decision === "reject" ||
    refusalsOf(error).some((refusal) => refusal.test(said));
  return isRefusal ? said.replace(ADVICE, "") : undefined;
}

/** How Claude Code ends a tool use that was under way, or had not begun, when its turn was stopped. */
const INTERRUPTION =
  /^The user doesn't want to (?:proceed with this tool use|take this action right now)\.[^\n]*\bSTOP what you are doing and wait for the user to tell you how to proceed\.\s*$/;

/**
 * Whether a tool's result says that the tool was stopped with its turn.
 *
 * @param message the message that the result is in
 */
export function isInterruptedResult(text: string, message: Json): boolean {
  return message["tool_use_result"] === "User rejected tool use" && INTERRUPTION.test(text);
}

import { parseDuration } from "../util/duration.ts";
import { truncateList } from "../util/truncate.ts";
import { isVariable, type Options } from "./command_line.ts";
import { resolveBackgroundPolicy, resolvePermissionMode } from "./conflicts.ts";
import { showsProgress } from "./render_settings.ts";

/** Returns what a value does; undefined if it weakens nothing. */
type Effect = (values: readonly string[], options: Options) => string | undefined;

/** More values of a variable are counted. */
const MAX_LISTED = 3;

const list = (values: readonly string[]) => truncateList(values, MAX_LISTED);
const ifOn = (text: string): Effect => ([value]) => value === "1" ? text : undefined;
const ifOff = (text: string): Effect => ([value]) => value === "0" ? text : undefined;

/** The permission modes in which a tool call can do more than by default. */
const OPEN_MODES = ["acceptEdits", "auto", "bypassPermissions"];

/**
 * The options that can weaken a run: what the agent may do, where requests go, what code and instructions
 * it gets, and what protects the log. Which claude runs is not among them, because PATH decides that, too.
 */
const EFFECTS: { readonly [option: string]: Effect } = {
  "dangerously-skip-permissions": (_, options) =>
    resolvePermissionMode(options).skip ? "every tool is allowed" : undefined,
  "permission-mode": (_, options) => {
    const { mode = "" } = resolvePermissionMode(options);
    return OPEN_MODES.includes(mode) ? `the permission mode is ${mode}` : undefined;
  },
  "allowed-tools": (rules) => `no permission is needed for ${list(rules)}`,
  "add-dir": (directories) => `tools may use ${list(directories)}`,
  "api-url": ([url = ""]) => `requests go to ${URL.parse(url)?.origin ?? "another server"}`,
  "append-system-prompt": () => "the system prompt has an addition",
  "mcp-config": () => "there are additional MCP servers",
  "plugin-dir": (directories) => `plugins are in ${list(directories)}`,
  "settings": () => "there are additional settings",
  "idle-timeout": ([duration = ""]) =>
    parseDuration(duration) === 0 ? "a silent run has no time limit" : undefined,
  "keep-background": (_, options) =>
    resolveBackgroundPolicy(options).keepBackground
      ? "background processes outlive the run"
      : undefined,
  "isolate": ifOff("claude has no PID namespace of its own"),
  "ci": ([system]) => system === "none" ? "the log of a CI system is not protected" : undefined,
  "redact": ifOff("secrets are not redacted"),
  "debug-raw": ifOn("diagnostics have contents, which may be secret"),
};

/**
 * Returns a line that names the CCRUN_ variables that weaken a run, and what they do; undefined if there
 * are none, or if an argument turns the progress off. A variable that does so does not hide the others. A
 * variable that an argument overrides has no effect.
 *
 * @example
 * ```ts
 * import { describeWeakeningVariables } from "./weakening_variables.ts";
 *
 * const redact = { values: ["0"], source: "CCRUN_REDACT" };
 * console.log(describeWeakeningVariables(new Map([["redact", redact]])));
 * // CCRUN_REDACT is set: secrets are not redacted
 * ```
 */
export function describeWeakeningVariables(options: Options): string | undefined {
  const given = new Map([...options].filter(([, { source }]) => !isVariable(source)));
  if (!showsProgress(options) && !showsProgress(given)) return undefined;
  const effects = Object.entries(EFFECTS).flatMap(([name, effect]) => {
    const option = options.get(name);
    if (option === undefined || !isVariable(option.source)) return [];
    const text = effect(option.values, options);
    return text === undefined ? [] : [`${option.source} is set: ${text}`];
  });
  return effects.length === 0 ? undefined : effects.join("; ");
}

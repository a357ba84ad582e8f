import { STRUCTURED_OUTPUT_TOOL } from "../claude/tools.ts";
import type { DenialCause, EventBody } from "../events.ts";
import { truncateList } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";
import { permissionHint } from "./permission_hint.ts";
import type { DeniedCall, RunState } from "./run_state.ts";

/** How many denied calls are named; more are counted. */
const MAX_NAMED = 20;

/** Returns the notice that lists the denied calls and what would allow each, if there are any. */
export function denialNotice(state: RunState): EventBody<"notice"> | undefined {
  const { deniedCount, deniedCalls, cwd, home } = state;
  if (deniedCount === 0) return undefined;
  const hints = new Set([...deniedCalls.values()].map((call) => denialHint(call, cwd, home)));
  const named = truncateList([...hints], MAX_NAMED);
  const them = deniedCount === 1 ? "it" : "them";
  const text = `${formatCount(deniedCount, "tool call")} denied. To allow ${them}: ${named}`;
  return { type: "notice", level: "warning", kind: "denied", text };
}

/** The advice for causes that no option of ccrun removes. */
const ADVICE: { readonly [cause in DenialCause]?: string } = {
  deny_rule: "a rule denies it; remove the rule from --disallowed-tools " +
    "or permissions.deny in the settings",
  ask_rule: "a rule demands a confirmation; remove the rule from permissions.ask in the settings",
  safety_check: "a safety check denied it; only --dangerously-skip-permissions turns the check off",
  dangerous: "Claude Code never allows it; run the command yourself",
  hook: "a hook denied it; see the hooks in the settings",
  prompt_tool: "the permission prompt tool denied it; see --permission-prompt-tool",
};

/** The advice if a rule denies the tool that `--json-schema` needs. */
const STRUCTURED_OUTPUT_RULE = "a rule denies it but --json-schema needs it; " +
  "remove the rule or use --tools '' instead of it to remove all other tools";

/** Returns what would allow a denied call. */
export function denialHint(
  { name, input = {}, cause }: DeniedCall,
  cwd: string | undefined,
  home: string | undefined,
): string {
  if (name === STRUCTURED_OUTPUT_TOOL && cause === "deny_rule") {
    return `${name}: ${STRUCTURED_OUTPUT_RULE}`;
  }
  const advice = cause && ADVICE[cause];
  if (advice !== undefined) return `${name}: ${advice}`;
  const options = permissionHint(name, input, cwd, home);
  return cause === "other" ? `${options} (or see the hooks in the settings)` : options;
}

/** The tools that start a sub-agent. */
const SUB_AGENT_TOOLS: ReadonlySet<string> = new Set(["Agent", "Task"]);

/** What Claude Code adds below a report for the model: the agent's id and what it used. */
const TRAILER = /\n?agentId: \S+ \(use SendMessage [^\n]*\n<usage>[^<]*<\/usage>\s*$/;

/** What newer versions put above it. Each line of the report is indented by two blanks. */
const FRAME = /^[^[]*\[Subagent hand-back\][^\n]*The report follows:\n/;

/** The answer when the sub-agent goes on in the background; more instructions for the model follow. */
const LAUNCHED = /^Async agent launched successfully\./;

/**
 * A sub-agent's report without the notes to the model that Claude Code wraps it in.
 *
 * @param tool the tool whose result it is
 * @param text the result's text
 * @returns undefined when there is nothing to take off
 *
 * @example
 * ```ts
 * import { subagentResult } from "./subagent_result.ts";
 *
 * const notes = "agentId: a1 (use SendMessage with ...)\n<usage>tool_uses: 2</usage>";
 * console.log(subagentResult("Agent", `It is done.\n${notes}`)); // It is done.
 * ```
 */
export function subagentResult(tool: string, text: string): string | undefined {
  if (!SUB_AGENT_TOOLS.has(tool)) return undefined;
  const launched = LAUNCHED.exec(text)?.[0];
  if (launched !== undefined) return launched;
  const body = text.replace(TRAILER, "");
  const report = FRAME.test(body) ? body.replace(FRAME, "").replaceAll(/^ {2}/gm, "") : body;
  return report === text ? undefined : report;
}

import { readToolContent, type ToolContent } from "./tool_content.ts";
import { startsSubagent } from "./tools.ts";

/** Follows a report: the id of the subagent and what it used, for the model. */
const AGENT_FOOTER = /\n?agentId: \S+ \(use SendMessage [^\n]*\n<usage>[^<]*<\/usage>\s*$/;

/** Precedes a report in newer versions, which also indent each line of it by two spaces. */
const HANDBACK_HEADER = /^[^[]*\[Subagent hand-back\][^\n]*The report follows:\n/;

/** Starts the result of a subagent that runs in the background; instructions for the model follow. */
const BACKGROUND_LAUNCH = "Async agent launched successfully.";

/** Reads the content of a tool result. The report of a subagent is freed of notes for the model. */
export function readToolResult(tool: string, content: unknown): ToolContent {
  const whole = readToolContent(content);
  const report = subagentResult(tool, whole.text);
  if (report === undefined) return whole;
  // The blocks keep what was removed from the text.
  const blocks = whole.content ?? (Array.isArray(content) ? content : [whole.text]);
  return { text: report, content: blocks };
}

/**
 * Returns the report of a subagent without the notes that Claude Code adds for the model.
 *
 * @param tool the tool that returned `text`
 * @returns undefined if there are no such notes
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
  if (!startsSubagent(tool)) return undefined;
  if (text.startsWith(BACKGROUND_LAUNCH)) return BACKGROUND_LAUNCH;
  const body = text.replace(AGENT_FOOTER, "");
  const report = HANDBACK_HEADER.test(body)
    ? body.replace(HANDBACK_HEADER, "").replaceAll(/^ {2}/gm, "")
    : body;
  return report === text ? undefined : report;
}

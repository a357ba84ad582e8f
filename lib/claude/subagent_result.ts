import { readToolContent, type ToolContent } from "./tool_content.ts";
import { startsSubagent } from "./tools.ts";

/** Starts the notes after a report: the id of the subagent and what it used, for the model. */
const FOOTER_PREFIX = "agentId: ";

/** Matches the notes after their prefix. */
const FOOTER_REST = /^\S+ \(use SendMessage [^\n]*\n<usage>[^<]*<\/usage>\s*$/;

/** Precedes a report in newer versions, which also indent each line of it by two spaces. */
const HANDBACK_HEADER = /^[^[]*\[Subagent hand-back\][^\n]*The report follows:\n/;

/** Starts the result of a subagent that runs in the background; instructions for the model follow. */
const BACKGROUND_LAUNCH = "Async agent launched successfully.";

/**
 * Reads the content of a tool result. The report of a subagent is freed of the notes that Claude Code
 * adds for the model.
 *
 * @param tool the tool that returned `content`
 *
 * @example
 * ```ts
 * import { readToolOutput } from "./subagent_result.ts";
 *
 * const notes = "agentId: a1 (use SendMessage with ...)\n<usage>tool_uses: 2</usage>";
 * console.log(readToolOutput("Agent", `It is done.\n${notes}`).text); // It is done.
 * ```
 */
export function readToolOutput(tool: string, content: unknown): ToolContent {
  return startsSubagent(tool) ? readReport(content) : readToolContent(content);
}

/** Reads the result of a call that started a subagent: its report, without the notes for the model. */
export function readReport(content: unknown): ToolContent {
  const whole = readToolContent(content);
  const text = withoutNotes(whole.text);
  if (text === whole.text) return whole;
  // The blocks keep what was removed from the text.
  const blocks = whole.content ?? (Array.isArray(content) ? content : [whole.text]);
  return { text, content: blocks };
}

function withoutNotes(text: string): string {
  if (text.startsWith(BACKGROUND_LAUNCH)) return BACKGROUND_LAUNCH;
  const report = withoutFooter(text);
  return HANDBACK_HEADER.test(report)
    ? report.replace(HANDBACK_HEADER, "").replaceAll(/^ {2}/gm, "")
    : report;
}

function withoutFooter(text: string): string {
  // A pattern without a fixed start would read the whole text at each place that looks like one.
  const start = text.lastIndexOf(FOOTER_PREFIX);
  if (start === -1 || !FOOTER_REST.test(text.slice(start + FOOTER_PREFIX.length))) return text;
  return text.slice(0, start).replace(/\n$/, "");
}

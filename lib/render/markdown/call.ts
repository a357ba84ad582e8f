import { startsSubagent, unwrapToolError } from "../../claude/tools.ts";
import { joinTexts } from "../../util/join_texts.ts";
import type { ReportCall } from "../report.ts";
import { confirmsInput } from "../report/call_change.ts";
import { MAX_TITLE_LENGTH, renderInput } from "./call_input.ts";
import { renderState } from "./call_state.ts";
import {
  codeBlock,
  collapsedSection,
  escapeHtml,
  escapeMarkdown,
  quoteMarkdown,
} from "./escape.ts";
import { excerpt } from "./excerpt.ts";
import type { PageContext } from "./page_context.ts";

/**
 * Renders a tool call as a section that is collapsed at first: its input, the steps of its subagent, and
 * its output.
 */
export function renderCall(
  call: ReportCall,
  context: PageContext,
  steps: readonly string[],
): string[] {
  const body = [
    ...renderInput(call, context),
    ...(steps.length === 0 ? [] : ["<blockquote>", ...steps, "</blockquote>"]),
    ...renderOutput(call, context),
  ];
  return collapsedSection(titleOf(call), body);
}

/** Returns the title of a call in HTML. */
function titleOf({ label, state, durationMs }: ReportCall): string {
  const argument = label.argument === ""
    ? ""
    : `<code>${escapeHtml(label.argument, MAX_TITLE_LENGTH)}</code>`;
  const suffix = escapeHtml(label.suffix);
  return joinTexts([escapeHtml(label.name), argument, suffix, renderState(state, durationMs)], " ");
}

function renderOutput(call: ReportCall, { textLength }: PageContext): string[] {
  const { state, output, denialReason } = call;
  if (state === "denied") {
    const reason = unwrapToolError(denialReason || output || "").trim();
    return [escapeMarkdown(joinTexts(["Denied", reason], ": "), textLength)];
  }
  if (output === null) return state === "running" ? ["No result was recorded."] : [];
  const text = state === "failed" ? unwrapToolError(output) : output;
  if (text.trim() === "" || confirmsInput(call)) return [];
  const shown = excerpt(text, textLength);
  // The report of a subagent is Markdown.
  return [startsSubagent(call.name) && state === "done" ? quoteMarkdown(shown) : codeBlock(shown)];
}

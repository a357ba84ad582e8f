import { inputTokens } from "../../events.ts";
import { EXIT_MEANINGS, UNKNOWN_OUTCOME } from "../../exit_codes.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatCost, formatCount, formatSeconds, formatTokens } from "../../util/units.ts";
import type { Report } from "../report.ts";
import type { ToolCounts } from "../tool_calls.ts";
import { codeBlock, escapeMarkdown } from "./escape.ts";
import { excerpt } from "./excerpt.ts";

const MAX_ERROR_LENGTH = 8_000;

/** Returns the title of a page, the numbers of the session, and why it failed. */
export function renderHead(report: Report): string[] {
  const { exit, error } = report;
  const failure = exit?.ok === false ? error : null;
  return [
    renderOutcome(report),
    renderNumbers(report),
    ...(failure === null ? [] : [codeBlock(excerpt(failure.message, MAX_ERROR_LENGTH))]),
  ];
}

function renderOutcome({ exit }: Report): string {
  const reason = exit?.reason ?? null;
  if (reason === null) return `## ❔ Claude Code: ${UNKNOWN_OUTCOME}`;
  const mark = reason === "success" ? "✅" : "❌";
  return `## ${mark} Claude Code: ${reason}`;
}

function renderNumbers(report: Report): string {
  const { session, durationMs, requestCount, toolCounts, usage, costUsd, exit } = report;
  const reason = exit?.reason ?? null;
  const numbers = [
    reason === null || reason === "success" ? "" : EXIT_MEANINGS[reason],
    escapeMarkdown(session.model ?? "model unknown"),
    durationMs === null ? "time unknown" : formatSeconds(durationMs),
    requestCount === null ? "turns unknown" : formatCount(requestCount, "turn"),
    formatToolCounts(toolCounts),
    usage === null
      ? "tokens unknown"
      : `${formatTokens(inputTokens(usage))} tokens in, ${formatTokens(usage.output)} out`,
    escapeMarkdown(formatCost(costUsd)),
  ];
  return joinTexts(numbers, " · ");
}

/** Formats the number of tool calls: `5 tool calls (1 failed, 2 denied)`; empty if there are none. */
export function formatToolCounts({ all, failed, denied }: ToolCounts): string {
  const troubles = joinTexts(
    [failed > 0 ? `${failed} failed` : "", denied > 0 ? `${denied} denied` : ""],
    ", ",
  );
  if (all === 0 && troubles === "") return "";
  return formatCount(all, "tool call") + (troubles && ` (${troubles})`);
}

import { type EventOf, inputTokens, type Usage } from "../../events.ts";
import { UNKNOWN_OUTCOME } from "../../exit_codes.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatCost, formatCount, formatSeconds, formatUsage } from "../../util/units.ts";
import type { ToolCounts } from "../tool_calls.ts";

const SEPARATOR = " · ";

/** The columns of the mark before the line. */
const MARK_COLUMNS = 2;

/**
 * Formats the last line of a run: outcome, time, turns, tools, tokens and cost. On a narrow terminal the
 * least important parts are left out.
 */
export function formatFooter(
  event: EventOf<"exit">,
  tools: ToolCounts,
  columns: number | undefined,
  styles: Styles,
): string {
  const { usage, duration_ms: ms } = event;
  const reason = event.ok ? "" : event.reason ?? UNKNOWN_OUTCOME;
  const time = ms === null ? "" : formatSeconds(ms);
  const turns = event.turns ? formatCount(event.turns, "turn") : "";
  const tokens = usage !== null && hasTokens(usage) ? formatUsage(usage) : "";
  const cost = formatCost(event.cost_usd);
  const longestFirst = [
    [reason, time, turns, formatTools(tools), tokens, cost],
    [reason, time, turns, formatTools(tools), cost],
    [reason, time, formatTools(tools), cost],
    [reason, time, formatToolsBriefly(tools), cost],
  ].map((parts) => joinTexts(parts, SEPARATOR));

  const available = (columns ?? Infinity) - MARK_COLUMNS;
  const line = longestFirst.find((text) => displayWidth(text) <= available) ??
    cutEnd(longestFirst.at(-1) ?? "", available);
  if (event.ok) return `${styles.green("✓")} ${styles.dim(line)}`;
  const { length } = reason;
  if (event.reason === null) return `${styles.yellow("?")} ${styles.dim(line)}`;
  return styles.red(`✗ ${line.slice(0, length)}`) + styles.dim(line.slice(length));
}

function formatTools({ all, failed, denied }: ToolCounts): string {
  if (all === 0) return "";
  const problems = joinTexts([
    failed > 0 ? `${failed} failed` : "",
    denied > 0 ? `${denied} denied` : "",
  ], ", ");
  return formatCount(all, "tool") + (problems === "" ? "" : ` (${problems})`);
}

function formatToolsBriefly({ all, failed, denied }: ToolCounts): string {
  if (all === 0) return "";
  const problems = failed + denied;
  return formatCount(all, "tool") + (problems === 0 ? "" : ` (${problems} ✗)`);
}

function hasTokens(usage: Usage): boolean {
  return inputTokens(usage) + usage.output > 0;
}

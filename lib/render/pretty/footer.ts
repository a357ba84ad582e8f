import { type EventOf, inputTokens } from "../../events.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";
import { formatCost, formatCount, formatSeconds, formatUsage } from "../../util/units.ts";
import type { ToolCounts } from "../tool_calls.ts";

const SEPARATOR = " · ";

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
  const trouble = [
    tools.failed > 0 ? `${tools.failed} failed` : "",
    tools.denied > 0 ? `${tools.denied} denied` : "",
  ].filter((part) => part !== "").join(", ");
  const parts = {
    reason: event.ok ? "" : event.reason,
    time: ms === null ? "" : formatSeconds(ms),
    turns: event.turns > 0 ? formatCount(event.turns, "turn") : "",
    tools: tools.all === 0
      ? ""
      : formatCount(tools.all, "tool") + (trouble === "" ? "" : ` (${trouble})`),
    tokens: inputTokens(usage) + usage.output > 0 ? formatUsage(usage) : "",
    cost: formatCost(event.cost_usd),
  };
  const available = (columns ?? Infinity) - 2;
  const join = () => Object.values(parts).filter((part) => part !== "").join(SEPARATOR);
  for (const least of ["tokens", "turns"] as const) {
    if (displayWidth(join()) > available) parts[least] = "";
  }
  if (displayWidth(join()) > available && trouble !== "") {
    parts.tools = `${formatCount(tools.all, "tool")} (${tools.failed + tools.denied} ✗)`;
  }
  const line = cutEnd(join(), available);
  if (event.ok) return `${styles.green("✓")} ${styles.dim(line)}`;
  const { reason } = parts;
  return line.startsWith(reason)
    ? styles.red(`✗ ${reason}`) + styles.dim(line.slice(reason.length))
    : styles.red(`✗ ${line}`);
}

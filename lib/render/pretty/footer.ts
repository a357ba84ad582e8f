import type { EventOf } from "../../events.ts";
import type { Styles } from "../../terminal/styles.ts";
import { formatCost, formatCount, formatSeconds, formatTokens } from "../../util/units.ts";
import { cutEnd, displayWidth } from "../../terminal/width.ts";

const SEPARATOR = " · ";

/** How many tools were called, and what became of them. */
export interface ToolCounts {
  readonly all: number;
  readonly failed: number;
  readonly denied: number;
}

/**
 * The last line of a run: how it ended, time, turns, tools, tokens, cost. What matters
 * least goes first where there is no room.
 */
export function footer(
  event: EventOf<"exit">,
  tools: ToolCounts,
  room: number | undefined,
  styles: Styles,
): string {
  const { usage, duration_ms: ms } = event;
  const tokens = usage.input + usage.cache_read + usage.cache_write;
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
    tokens: tokens + usage.output === 0
      ? ""
      : `${formatTokens(tokens)} in ${formatTokens(usage.output)} out`,
    cost: formatCost(event.cost_usd),
  };
  const limit = (room ?? Infinity) - 2;
  const join = () => Object.values(parts).filter((part) => part !== "").join(SEPARATOR);
  for (const least of ["tokens", "turns"] as const) {
    if (displayWidth(join()) > limit) parts[least] = "";
  }
  if (displayWidth(join()) > limit && trouble !== "") {
    parts.tools = `${formatCount(tools.all, "tool")} (${tools.failed + tools.denied} ✗)`;
  }
  const line = cutEnd(join(), limit);
  if (event.ok) return `${styles.green("✓")} ${styles.dim(line)}`;
  const { reason } = parts;
  return line.startsWith(reason)
    ? styles.red(`✗ ${reason}`) + styles.dim(line.slice(reason.length))
    : styles.red(`✗ ${line}`);
}

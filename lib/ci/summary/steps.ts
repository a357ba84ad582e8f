import { formatCount, formatSeconds } from "../../util/units.ts";
import { codeBlock, codeSpan, escapeHtml, escapeMarkdown, fold } from "../markdown.ts";
import type { SummaryCall, SummaryData, SummaryRow } from "./collector.ts";
import { byteLength, OMISSION_BYTES, SizeBudget } from "./size_budget.ts";

/** The mark and the word for each state of a call. */
export const STATES: { readonly [state in SummaryCall["state"]]: { mark: string; word: string } } =
  {
    running: { mark: "⏳", word: "no result" },
    done: { mark: "✅", word: "" },
    failed: { mark: "❌", word: "failed" },
    denied: { mark: "🚫", word: "denied" },
    interrupted: { mark: "⏹️", word: "interrupted" },
  };

/** Quicker calls are shown without their duration. */
const SLOW_MS = 1_000;

/** A longer table is folded. */
const MAX_OPEN_ROWS = 30;

/** Renders the table of steps, without steps from the middle if it would be too large. */
export function renderSteps(data: SummaryData, maxBytes: number): string[] {
  const { firstRows, counts } = data;
  // Without tool calls, the only step is the answer.
  if (counts.all === 0) return [];
  const lines = ["| Step | Outcome |", "| :--- | :--- |", ...firstRows.map(renderRow)];
  let size = byteLength(lines.join("\n")) + OMISSION_BYTES;
  const lastLines = data.lastRows.map(renderRow);
  let start = lastLines.length;
  while (start > 0) {
    size += byteLength(lastLines[start - 1] ?? "") + 1;
    if (size > maxBytes) break;
    start--;
  }
  const omitted = data.omittedRows + start;
  if (omitted > 0) lines.push(`| … ${formatCount(omitted, "more step")} | |`);
  lines.push(...lastLines.slice(start));
  const table = lines.join("\n");
  const isLong = lines.length > MAX_OPEN_ROWS;
  return ["### Steps", ...(isLong ? fold(formatCount(counts.all, "tool call"), [table]) : [table])];
}

function renderRow({ depth, text = "", call }: SummaryRow): string {
  const indent = depth === 0 ? "" : "↳ ";
  if (call === undefined) return `| ${indent}${escapeMarkdown(text)} | |`;
  const label = `${escapeMarkdown(call.name)} ${codeSpan(call.argument)}`.trimEnd();
  return `| ${indent}${label} | ${renderState(call)} |`;
}

function renderState({ state, durationMs }: SummaryCall): string {
  const { mark, word } = STATES[state];
  const duration = durationMs === null || durationMs < SLOW_MS ? "" : formatSeconds(durationMs);
  return [mark, word, duration].filter((part) => part !== "").join(" ");
}

/** Renders the outputs that fit: those of failed calls first, then the newest ones. */
export function renderOutputs({ firstRows, lastRows, omittedRows }: SummaryData, maxBytes: number) {
  const calls = [...firstRows, ...lastRows].flatMap(({ call }) =>
    call === undefined || call.output.trim() === "" ? [] : [call]
  );
  const byPriority = [
    ...calls.filter(({ state }) => state !== "done").toReversed(),
    ...calls.filter(({ state }) => state === "done").toReversed(),
  ];
  const budget = new SizeBudget(maxBytes - OMISSION_BYTES);
  const blocks = new Map<SummaryCall, readonly string[]>();
  for (const call of byPriority) {
    const output = budget.reserve(renderOutput(call));
    if (output.length > 0) blocks.set(call, output);
  }
  if (blocks.size === 0) return [];
  const shown = calls.flatMap((call) => blocks.get(call) ?? []);
  const isComplete = omittedRows === 0 && blocks.size === calls.length;
  return ["### Tool outputs", ...shown, ...(isComplete ? [] : ["… and more, which did not fit."])];
}

function renderOutput(call: SummaryCall): string[] {
  const argument = call.argument === "" ? "" : ` <code>${escapeHtml(call.argument, 120)}</code>`;
  const title = `${escapeHtml(call.name)}${argument} ${renderState(call)}`;
  return fold(title, [codeBlock(call.output)]);
}

import { renderState } from "../../render/markdown/call_state.ts";
import { formatCount } from "../../util/units.ts";
import {
  codeBlock,
  codeSpan,
  collapsedSection,
  escapeHtml,
  escapeMarkdown,
} from "../../render/markdown/escape.ts";
import { KEPT_FIRST_ROWS, type SummaryCall, type SummaryData, type SummaryRow } from "./data.ts";
import { byteLength, OMISSION_BYTES, SizeBudget } from "./size_budget.ts";

/** A longer table is folded. */
const MAX_OPEN_ROWS = 30;

/** Renders the table of steps, without steps from the middle if it would be too large. */
export function renderSteps(
  { rows, omittedRows, answerRow, counts, exit }: SummaryData,
  maxBytes: number,
): string[] {
  // Without tool calls, the only step is the answer.
  if (counts.all === 0) return [];
  const header = ["| Step | Outcome |", "| :--- | :--- |"];
  // The page of a good run shows the answer elsewhere.
  const lines = rows.filter((row) => !exit?.ok || row !== answerRow).map(renderRow);
  let omitted = omittedRows;
  let size = byteLength([...header, ...lines].join("\n")) + OMISSION_BYTES;
  while (size > maxBytes && lines.length > KEPT_FIRST_ROWS) {
    const [removed = ""] = lines.splice(KEPT_FIRST_ROWS, 1);
    size -= byteLength(`${removed}\n`);
    omitted++;
  }
  if (omitted > 0) lines.splice(KEPT_FIRST_ROWS, 0, `| … ${formatCount(omitted, "more step")} | |`);
  const table = [...header, ...lines].join("\n");
  const isLong = lines.length > MAX_OPEN_ROWS;
  return [
    "### Steps",
    ...(isLong ? collapsedSection(formatCount(counts.all, "tool call"), [table]) : [table]),
  ];
}

function renderRow({ step, isNested }: SummaryRow): string {
  const indent = isNested ? "↳ " : "";
  if (typeof step === "string") return `| ${indent}${escapeMarkdown(step)} | |`;
  const label = `${escapeMarkdown(step.name)} ${codeSpan(step.argument)}`.trimEnd();
  return `| ${indent}${label} | ${renderState(step.state, step.durationMs)} |`;
}

/** Renders the outputs that fit: those of failed calls first, then the newest ones. */
export function renderOutputs({ rows, omittedRows }: SummaryData, maxBytes: number): string[] {
  const calls = rows.flatMap(({ step }) =>
    typeof step === "string" || outputOf(step) === "" ? [] : [step]
  );
  const byPriority = [
    ...calls.filter(({ state }) => state !== "done").toReversed(),
    ...calls.filter(({ state }) => state === "done").toReversed(),
  ];
  const budget = new SizeBudget(maxBytes - OMISSION_BYTES);
  const blocks = new Map(byPriority.map((call) => [call, budget.reserve(renderOutput(call))]));
  const shown = calls.flatMap((call) => blocks.get(call) ?? []);
  if (shown.length === 0) return [];
  const isComplete = omittedRows === 0 && calls.every((call) => blocks.get(call)?.length);
  return ["### Tool outputs", ...shown, ...(isComplete ? [] : ["… and more, which did not fit."])];
}

function renderOutput(call: SummaryCall): string[] {
  const argument = call.argument === "" ? "" : ` <code>${escapeHtml(call.argument, 120)}</code>`;
  const title = `${escapeHtml(call.name)}${argument} ${renderState(call.state, call.durationMs)}`;
  return collapsedSection(title, [codeBlock(outputOf(call))]);
}

/** Returns what a call is about and its output; empty if both are blank. */
function outputOf({ details, output }: SummaryCall): string {
  return [details, output].filter((text) => text.trim() !== "").join("\n\n");
}

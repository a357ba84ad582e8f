import type { BatchEvent } from "../batch/events.ts";
import { EXIT_MEANINGS } from "../exit_codes.ts";
import type { FailureGroup } from "../render/batch/failure_groups.ts";
import { BatchTotals } from "../render/batch/totals.ts";
import { countTasks, formatChanges, formatEnd, resumeTitle } from "../render/batch/words.ts";
import { joinTexts } from "../util/join_texts.ts";
import { codeBlock, codeSpan, escapeMarkdown } from "../render/markdown/escape.ts";
import { SEPARATOR, SizeBudget } from "./summary/size_budget.ts";

/** GitHub accepts 1 MiB for a step. */
const DEFAULT_MAX_BYTES = 1_000_000;

/** A batch as a page of Markdown. It keeps a limited amount of data, however many tasks there are. */
export class BatchSummary {
  readonly #totals = new BatchTotals();

  /** Adds an event. */
  event(event: BatchEvent): void {
    this.#totals.record(event);
  }

  /**
   * Returns the page for the events so far. If it would be too large, blocks are missing.
   *
   * @param maxBytes the maximum size in UTF-8, by default a little less than GitHub accepts
   */
  markdown(maxBytes: number = DEFAULT_MAX_BYTES): string {
    const budget = new SizeBudget(maxBytes);
    // The most important blocks are reserved first.
    const outcome = budget.reserve(renderOutcome(this.#totals));
    if (outcome.length === 0) return "";
    const failures = budget.reserve(renderFailures(this.#totals));
    const resume = budget.reserve(renderResume(this.#totals));
    const branches = budget.reserve(renderBranches(this.#totals));
    const facts = budget.reserve(renderFacts(this.#totals));
    return `${[outcome, failures, branches, resume, facts].flat().join(SEPARATOR)}\n`;
  }
}

function renderOutcome(totals: BatchTotals): string[] {
  const { end } = totals;
  if (end === undefined) return ["## ⏳ ccrun batch: running"];
  const mark = end.ok ? "✅" : "❌";
  const sums = escapeMarkdown(formatEnd(end, totals));
  const code = end.ok ? "" : `exit code ${end.code} (${EXIT_MEANINGS[end.reason]})`;
  return [
    `## ${mark} ccrun batch: ${end.reason}`,
    joinTexts([code, sums], " · "),
    ...(end.message === undefined ? [] : [codeBlock(end.message)]),
  ];
}

function renderFailures({ failures }: BatchTotals): string[] {
  if (failures.length === 0) return [];
  const header = [
    "| Reason | Tasks | First tasks | First message |",
    "| :--- | ---: | :--- | :--- |",
  ];
  return ["### Failed tasks", [...header, ...failures.map(renderFailure)].join("\n")];
}

function renderFailure({ reason, count, ids, message, hint }: FailureGroup): string {
  const shown = ids.map((id) => codeSpan(id)).join(", ");
  const text = joinTexts([escapeMarkdown(message), escapeMarkdown(hint)], "; ");
  return `| ${reason} | ${count} | ${shown} | ${text} |`;
}

function renderBranches({ branches, omittedBranches }: BatchTotals): string[] {
  if (branches.length === 0) return [];
  const rows = branches.map(({ name, changes }) =>
    `| ${codeSpan(name)} | ${changes === undefined ? "" : formatChanges(changes)} |`
  );
  if (omittedBranches > 0) rows.push(`| … and ${omittedBranches} more | |`);
  return ["### Changed worktrees", ["| Branch | Changes |", "| :--- | :--- |", ...rows].join("\n")];
}

function renderResume({ end }: BatchTotals): string[] {
  if (end?.resume === undefined) return [];
  return ["### Resume", sentence(resumeTitle(end)), codeBlock(end.resume, "sh")];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function renderFacts({ start }: BatchTotals): string[] {
  if (start === undefined) return [];
  const results = `results in ${codeSpan(start.results)}`;
  return [[...countTasks(start), results, `ccrun ${escapeMarkdown(start.ccrun)}`].join(" · ")];
}

import { inputTokens } from "../../events.ts";
import { EXIT_MEANINGS, UNKNOWN_OUTCOME } from "../../exit_codes.ts";
import { containsText } from "../../util/contains_text.ts";
import { shortPath } from "../../util/display_path.ts";
import { answerOf } from "../../util/event_text.ts";
import { formatJson } from "../../util/format_json.ts";
import { STATE_WORDS } from "../../util/tool_call_state.ts";
import { sliceEnd, sliceStart } from "../../util/truncate.ts";
import { formatCost, formatCount, formatSeconds, formatTokens } from "../../util/units.ts";
import {
  codeBlock,
  codeSpan,
  collapsedSection,
  escapeMarkdown,
  quoteMarkdown,
} from "../../render/markdown/escape.ts";
import { renderModels } from "../../render/markdown/models.ts";
import type { SummaryData } from "./data.ts";
import { byteLength, OMISSION_BYTES, SEPARATOR, SizeBudget } from "./size_budget.ts";
import { renderOutputs, renderSteps } from "./steps.ts";

/**
 * Returns the page of a run. If it would be larger than `maxBytes`, it loses tool outputs, then steps
 * from the middle, then the end of the answer.
 */
export function renderSummary(data: SummaryData, maxBytes: number): string {
  const budget = new SizeBudget(maxBytes);
  // The most important blocks are reserved first.
  const outcome = budget.reserve(renderOutcome(data));
  if (outcome.length === 0) return "";
  const error = budget.reserve(renderError(data));
  const resume = budget.reserve(renderResume(data));
  const facts = budget.reserve(renderFacts(data));
  const changes = budget.reserve(renderChanges(data));
  const tokens = budget.reserve(renderTokens(data));
  const answer = budget.reserve(renderAnswer(data, budget.remaining / 2));
  const notes = budget.reserve(renderNotes(data));
  const steps = budget.reserve(renderSteps(data, budget.remaining / 2));
  const outputs = budget.reserve(renderOutputs(data, budget.remaining));
  const blocks = [outcome, error, changes, answer, steps, outputs, notes, tokens, resume, facts]
    .flat();
  return `${blocks.join(SEPARATOR)}\n`;
}

function renderOutcome({ exit, counts }: SummaryData): string[] {
  if (exit === undefined) return ["## ⏳ ccrun: running"];
  const troubles = (["failed", "denied", "interrupted"] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${STATE_WORDS[state]}`);
  const facts: string[] = [];
  const { code, reason } = exit;
  if (reason !== null && !exit.ok) facts.push(`exit code ${code} (${EXIT_MEANINGS[reason]})`);
  if (exit.duration_ms !== null) facts.push(formatSeconds(exit.duration_ms));
  if (exit.turns) facts.push(formatCount(exit.turns, "turn"));
  if (counts.all > 0) {
    const suffix = troubles.length === 0 ? "" : ` (${troubles.join(", ")})`;
    facts.push(formatCount(counts.all, "tool call") + suffix);
  }
  if (exit.usage !== null) {
    const input = formatTokens(inputTokens(exit.usage));
    facts.push(`${input} tokens in, ${formatTokens(exit.usage.output)} out`);
  }
  facts.push(escapeMarkdown(formatCost(exit.cost_usd)));
  const mark = exit.ok ? "✅" : reason === null ? "❔" : "❌";
  return [`## ${mark} ccrun: ${reason ?? UNKNOWN_OUTCOME}`, facts.join(" · ")];
}

function renderChanges({ changes }: SummaryData): string[] {
  return changes.length === 0
    ? []
    : [`Published: ${changes.map((url) => codeSpan(url)).join(", ")}`];
}

function renderError({ error, exit }: SummaryData): string[] {
  if (error === undefined || exit?.ok) return [];
  const { message, hint = "" } = error.error;
  const stderr = exit?.stderr ?? "";
  return [
    codeBlock(keepEnd(message)),
    ...(hint.trim() === "" ? [] : ["What to do:", codeBlock(keepEnd(hint))]),
    ...(stderr.trim() === ""
      ? []
      : collapsedSection("stderr of claude", [codeBlock(keepEnd(stderr))])),
  ];
}

/** The length that is kept of an error and of stderr. */
const MAX_ERROR_LENGTH = 8_000;

function keepEnd(text: string): string {
  return sliceEnd(text, MAX_ERROR_LENGTH);
}

function renderAnswer({ exit, result, lastText, error }: SummaryData, maxBytes: number): string[] {
  if (exit?.ok) {
    if (result?.structured_output !== undefined) {
      const json = formatJson(result.structured_output);
      return ["### Answer", ...fitText(json, maxBytes, (text) => codeBlock(text, "json"))];
    }
    const answer = result === undefined ? "" : answerOf(result);
    if (answer === "") return ["### Answer", "The answer is empty."];
    return ["### Answer", ...fitText(answer, maxBytes, quoteMarkdown)];
  }
  const message = error?.error.message ?? "";
  const last = lastText.value;
  const final = result === undefined || last.trim().endsWith(result.text.trim())
    ? last
    : result.text;
  const text = [final, last].find((text) => text.trim() !== "" && !containsText(message, text));
  return text === undefined ? [] : ["### Last text", ...fitText(text, maxBytes, quoteMarkdown)];
}

/** Renders as much of the beginning of a text as fits, and a note about what is missing. */
function fitText(text: string, maxBytes: number, render: (text: string) => string): string[] {
  let kept = sliceStart(text, maxBytes);
  let block = render(kept);
  while (byteLength(block) + OMISSION_BYTES > maxBytes && kept !== "") {
    kept = sliceStart(kept, Math.floor(kept.length * 0.8));
    block = render(kept);
  }
  if (kept.length === text.length) return [block];
  const missing = (text.length - kept.length).toLocaleString("en-US");
  return [block, `… ${missing} more characters. \`--output FILE\` writes the whole answer.`];
}

function renderNotes({ notes, omittedNotes }: SummaryData): string[] {
  if (notes.length === 0) return [];
  const lines = notes.map(({ level, text, count }) => {
    const mark = level === "error" ? "❌" : "⚠️";
    const times = count === 1 ? "" : ` (${count} times)`;
    return `- ${mark} ${escapeMarkdown(text, 1_000)}${times}`;
  });
  if (omittedNotes > 0) lines.unshift(`- … ${omittedNotes} earlier ones`);
  return ["### Notes", lines.join("\n")];
}

function renderTokens({ exit }: SummaryData): string[] {
  return renderModels(
    Object.entries(exit?.models ?? {}).map(([name, usage]) => ({ name, ...usage })),
  );
}

function renderResume({ exit, error }: SummaryData): string[] {
  if (exit?.resume === undefined) return [];
  const command = `${exit.resume} "..."`;
  const note = "claude stores the session in `~/.claude` of the machine where it ran. " +
    "It can be resumed there, in the same directory.";
  const isInHint = !exit.ok && error?.error.hint?.includes(exit.resume);
  return isInHint ? [note] : ["### Resume", codeBlock(command, "sh"), note];
}

function renderFacts({ session, start, paths: { cwd, home } }: SummaryData): string[] {
  const version = session?.claude_version ?? start?.claude?.version;
  const facts: string[] = [];
  if (session?.model !== undefined) facts.push(`model ${escapeMarkdown(session.model)}`);
  if (version) facts.push(`Claude Code ${escapeMarkdown(version)}`);
  if (start !== undefined) facts.push(`ccrun ${escapeMarkdown(start.ccrun)}`);
  if (cwd !== undefined) facts.push(`in ${escapeMarkdown(shortPath(cwd, { home }))}`);
  return facts.length === 0 ? [] : [facts.join(" · ")];
}

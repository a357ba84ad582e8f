import { formatCount } from "../../util/units.ts";
import type { NoticeStep, ReportCall, ReportStep, UserTextStep } from "../report.ts";
import { renderCall } from "./call.ts";
import { collapsedSection, escapeMarkdown, quoteMarkdown } from "./escape.ts";
import { excerpt } from "./excerpt.ts";
import { formatToolCounts } from "./head.ts";
import type { PageContext } from "./page_context.ts";

/** The number of steps that are shown of each list, even in a long session. */
const MIN_STEPS = 4;

const MAX_NOTE_LENGTH = 1_000;

/** Returns the title of a section with steps. It counts the calls of subagents, too. */
export function stepsTitle(steps: readonly ReportStep[]): string {
  const calls = callsIn(steps);
  const count = (state: ReportCall["state"]) => calls.filter((call) => call.state === state).length;
  const counts = { all: calls.length, failed: count("failed"), denied: count("denied") };
  return formatToolCounts(counts) || formatCount(steps.length, "step");
}

function callsIn(steps: readonly ReportStep[]): ReportCall[] {
  return steps.flatMap((step) =>
    step.kind === "call" ? [step.call, ...callsIn(step.call.steps)] : []
  );
}

/** Renders steps, without some from the middle if there are too many for a page. */
export function renderSteps(steps: readonly ReportStep[], context: PageContext): string[] {
  const count = Math.max(MIN_STEPS, Math.ceil(steps.length * context.stepShare));
  const omitted = steps.length - count;
  const render = (step: ReportStep) => renderStep(step, context);
  if (omitted <= 0) return steps.flatMap(render);
  const start = count / 2;
  return [
    ...steps.slice(0, Math.ceil(start)).flatMap(render),
    `… ${formatCount(omitted, "more step")} …`,
    ...steps.slice(-Math.floor(start)).flatMap(render),
  ];
}

function renderStep(step: ReportStep, context: PageContext): string[] {
  switch (step.kind) {
    case "prompt":
      return ["The user wrote:", quoteExcerpt(step.text, context.textLength)];
    case "text":
      return [quoteExcerpt(step.text, context.textLength)];
    case "thinking":
      return foldedText("Thinking", step.text, context);
    case "call":
      return renderCall(step.call, context, renderSteps(step.call.steps, context));
    case "user_text":
      return renderUserText(step, context);
    case "notice":
      return [renderNotice(step)];
    case "result":
      return [note("❌", step.result.errors.join("\n") || step.result.text)];
  }
}

function renderUserText({ source, text }: UserTextStep, context: PageContext): string[] {
  switch (source) {
    case "subagent":
      return []; // It is in the input of the call.
    case "compaction":
      return foldedText("Summary of the conversation so far", text, context);
    case "interruption":
      return [note("⏹️", text)];
    default:
      return [note("💬", text)];
  }
}

const NOTICE_MARKS: Readonly<Record<NoticeStep["notice"]["level"], string>> = {
  info: "ℹ️",
  done: "✅",
  warning: "⚠️",
  error: "❌",
};

function renderNotice({ notice: { level, label, text } }: NoticeStep): string {
  return note(NOTICE_MARKS[level], `${label}: ${text}`);
}

function note(mark: string, text: string): string {
  return `${mark} ${escapeMarkdown(text, MAX_NOTE_LENGTH)}`;
}

function foldedText(title: string, text: string, { textLength }: PageContext): string[] {
  return text.trim() === "" ? [] : collapsedSection(title, [quoteExcerpt(text, textLength)]);
}

function quoteExcerpt(text: string, maxLength: number): string {
  return quoteMarkdown(excerpt(text, maxLength));
}

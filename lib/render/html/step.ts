import { sanitizeLine } from "../../terminal/sanitize.ts";
import { joinTexts } from "../../util/join_texts.ts";
import type { NoticeStep, ReportStep, TextStep, UserTextStep } from "../report.ts";
import { renderCall } from "./call.ts";
import { formatCount, formatOffset, formatUtcSecond, timeAt } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import { renderMarkdown, webLink } from "./markdown.ts";
import type { PageContext } from "./page_context.ts";
import { renderResult } from "./result.ts";
import { plainText, renderAnswer } from "./text_block.ts";

/** The kinds by which steps are filtered. */
export type StepKind =
  | "prompt"
  | "text"
  | "thinking"
  | "tool"
  | "edit"
  | "subagent"
  | "notice"
  | "result";

/** What a step shows, and how it can be found. */
export interface Frame {
  readonly kind: StepKind;
  readonly isProblem: boolean;
  readonly content: Html;
}

/** Texts of the model may be longer than outputs before they are shortened. */
const TEXT_FACTOR = 4;

/** The length of the first line of a folded text. */
const PREVIEW_LENGTH = 160;

/** The length of the label of a notice. */
const MAX_LABEL_LENGTH = 80;

/** Returns the steps of an agent. Those in the middle of a huge session are only counted. */
export function renderSteps(steps: readonly ReportStep[], context: PageContext): Html[] {
  const { stepLimit } = context;
  const shown = steps.filter((step) => isWithinLimit(step, context));
  const head = shown.filter(({ number }) => number <= stepLimit);
  const tail = shown.slice(head.length);
  const [missing, ...others] = steps.slice(head.length, steps.length - tail.length);
  return [
    ...head.map((step) => renderStep(step, context)),
    ...(missing === undefined
      ? []
      : [renderMissing(missing.number, formatCount(1 + others.length, "step"), context)]),
    ...tail.map((step) => renderStep(step, context)),
  ];
}

/** Returns whether a step is among the first and the last ones, which every page shows. */
export function isWithinLimit({ number }: ReportStep, { stepLimit, report }: PageContext): boolean {
  return number <= stepLimit || number > report.lastStepNumber - stepLimit;
}

/**
 * Returns a note that has the place of the first step that it stands for.
 *
 * @param count how many steps or turns it stands for
 */
export function renderMissing(number: number, count: string, { shown }: PageContext): Html {
  shown.addPlace(number);
  const words = `${count} not shown, because the page would be too large`;
  return element("p", { class: "missing", id: `step-${number}` }, words);
}

function renderStep(step: ReportStep, context: PageContext): Html {
  const { kind, isProblem, content } = frameOf(step, context);
  const { number, timeMs } = step;
  context.shown.addPlace(number);
  context.shown.kinds.add(kind);
  context.shown.hasProblem ||= isProblem;
  const id = `step-${number}`;
  const place = timeMs === null ? `#${number}` : formatOffset(timeMs);
  const time = timeAt(context.report, timeMs);
  const title = time === null ? `Step ${number}` : `Step ${number} · ${formatUtcSecond(time)}`;
  return fragment(
    element(
      "article",
      { id, class: joinTexts(["step", kind, isProblem ? "problem" : ""], " ") },
      element("a", { class: "place", href: `#${id}`, title }, place),
      element("div", { class: "content" }, content),
    ),
    "\n",
  );
}

function frameOf(step: ReportStep, context: PageContext): Frame {
  switch (step.kind) {
    case "prompt":
      return frame("prompt", [
        element("b", { class: "who" }, "Prompt"),
        plainText(step.text, context),
      ]);
    case "text":
      return frame("text", renderText(step, context));
    case "thinking":
      return frame("thinking", renderFolded("Thinking", step.text, context));
    case "call":
      return renderCall(step, context);
    case "user_text":
      return frame("notice", renderFolded(SOURCES[step.source], step.text, context));
    case "notice":
      return frame("notice", renderNotice(step, context), step.notice.level === "error");
    case "result":
      return frame("result", renderResult(step, context), !step.result.ok);
  }
}

function frame(kind: StepKind, content: Html | Html[], isProblem = false): Frame {
  return { kind, isProblem, content: fragment(content) };
}

/** What the messages are that no user wrote. */
const SOURCES: { readonly [S in UserTextStep["source"]]: string } = {
  subagent: "Prompt of the subagent",
  synthetic: "Note by Claude Code",
  compaction: "Summary of the conversation so far",
  interruption: "Interruption",
  replay: "Repeated message",
  other: "Message",
};

/** Returns a text of the model. The answer is never shortened. */
function renderText({ number, text }: TextStep, context: PageContext): Html {
  const textLimit = TEXT_FACTOR * context.textLimit;
  const isWhole = text.length <= textLimit || context.report.answer.includes(text.trim());
  const content = isWhole ? renderMarkdown(text) : plainText(text, { ...context, textLimit });
  const body = element("div", { class: "markdown" }, content);
  return context.answers.has(number) ? renderAnswer(body) : body;
}

/** Returns a text that is folded to its first line. */
function renderFolded(title: string, text: string, context: PageContext): Html {
  const preview = sanitizeLine(text.trim(), PREVIEW_LENGTH);
  return element(
    "details",
    {},
    element(
      "summary",
      {},
      element("b", {}, title),
      " ",
      element("span", { class: "preview" }, preview),
    ),
    element("div", { class: "body" }, plainText(text.trim(), context)),
  );
}

function renderNotice({ notice, url }: NoticeStep, context: PageContext): Html {
  const { level, label, text } = notice;
  return element(
    "div",
    { class: joinTexts(["line", level, label === "compaction" ? "divider" : ""], " ") },
    element("b", {}, sanitizeLine(label.replaceAll("_", " "), MAX_LABEL_LENGTH)),
    " ",
    plainText(text, context),
    url !== null && [" ", webLink(url, url)],
  );
}

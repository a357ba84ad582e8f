import { startsSubagent } from "../../claude/tools.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { countLines } from "../../util/lines.ts";
import { STATE_WORDS } from "../../util/tool_call_state.ts";
import { formatToolDuration } from "../../util/units.ts";
import type { CallStep, ReportCall } from "../report.ts";
import { changeOf, confirmsInput } from "../report/call_change.ts";
import { descriptionOf, renderInput } from "./call_input.ts";
import { formatCount } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import type { PageContext } from "./page_context.ts";
import { type Frame, renderSteps } from "./step.ts";
import { plainText, preformatted } from "./text_block.ts";

/** A longer argument is shown in the input, too. */
const MAX_ARGUMENT_LENGTH = 300;

/** A call with more lines, or with a subagent of more steps, is folded. */
const MAX_UNFOLDED_LINES = 12;
const MAX_UNFOLDED_STEPS = 3;

/** Returns a tool call: a line that unfolds to its input, its output and its subagent's steps. */
export function renderCall({ call }: CallStep, context: PageContext): Frame {
  const isOpen = isProblem(call) || (context.unfoldsCalls && isShort(call));
  return {
    kind: isSubagent(call) ? "subagent" : changeOf(call) !== undefined ? "edit" : "tool",
    isProblem: isProblem(call),
    content: element(
      "details",
      { open: isOpen },
      element("summary", {}, summaryOf(call)),
      element("div", { class: "body" }, bodyOf(call, context)),
    ),
  };
}

function isProblem({ state }: ReportCall): boolean {
  return state === "failed" || state === "denied";
}

function isSubagent({ name, steps }: ReportCall): boolean {
  return startsSubagent(name) || steps.length > 0;
}

function isShort(call: ReportCall): boolean {
  const { label, output, diff, steps, input } = call;
  if (steps.length > MAX_UNFOLDED_STEPS) return false;
  const lines = [
    label.details,
    diff ?? label.changes.join("\n"),
    typeof input?.["content"] === "string" ? input["content"] : "",
    confirmsInput(call) ? "" : output ?? "",
  ];
  return lines.reduce((sum, text) => sum + countLines(text), 0) <= MAX_UNFOLDED_LINES;
}

function summaryOf(call: ReportCall): Html {
  const { label, state, durationMs, steps } = call;
  const argument = sanitizeLine(label.argument, MAX_ARGUMENT_LENGTH);
  const description = descriptionOf(call);
  const facts = joinTexts([
    steps.length > 0 ? formatCount(steps.length, "step") : "",
    STATE_WORDS[state],
    formatToolDuration(durationMs),
  ], " · ");
  return fragment(
    renderMark(state),
    element("b", {}, label.name),
    argument !== "" && [" ", element("code", {}, argument)],
    label.suffix !== "" &&
      [" ", element("span", { class: isSubagent(call) ? "note" : "suffix" }, label.suffix)],
    description !== "" &&
      [" ", element("span", { class: "note", title: description }, description)],
    facts !== "" && [" ", element("span", { class: "facts" }, facts)],
  );
}

/** Returns the mark of a state. Most states are also stated in words. */
function renderMark(state: ReportCall["state"]): Html {
  const words = STATE_WORDS[state] === ""
    ? { role: "img", "aria-label": state }
    : { "aria-hidden": "true" };
  return element("span", { class: `mark ${state}`, ...words });
}

function bodyOf(call: ReportCall, context: PageContext): Html {
  const { images, label, input } = call;
  const steps = call.steps.filter((step) =>
    step.kind !== "user_text" || step.source !== "subagent" || step.text !== input?.["prompt"]
  );
  return fragment(
    renderInput(call, context),
    steps.length > 0 && element("div", { class: "nested" }, renderSteps(steps, context)),
    renderDenial(call),
    renderOutput(call, context),
    images.map((image) => context.images.render(image, `Image from ${label.name}`)),
  );
}

function renderDenial({ state, denialReason }: ReportCall): Html | false {
  if (state !== "denied") return false;
  return element("p", { class: "denial" }, joinTexts(["Denied", denialReason.trim()], ": "));
}

function renderOutput(call: ReportCall, context: PageContext): Html | false {
  const { output } = call;
  if (output === null) {
    return call.state === "running" &&
      element("p", { class: "missing" }, "No result was recorded.");
  }
  if (output.trim() === "" || confirmsInput(call) || isLastText(call)) return false;
  if (isProblem(call)) {
    return element("div", { class: "output problem" }, preformatted(output, context));
  }
  if (isSubagent(call)) {
    const isWhole = output.length <= context.textLimit;
    const report = isWhole ? renderMarkdown(output) : plainText(output, context);
    return element("div", { class: "output markdown" }, report);
  }
  return element("div", { class: "output" }, preformatted(output, context));
}

/** Returns whether the output of a subagent is the last text among its steps. */
function isLastText({ output, steps }: ReportCall): boolean {
  const last = steps.at(-1);
  return last?.kind === "text" && last.text.trim() === output?.trim();
}

import type { EventOf } from "../../events.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { formatUsage } from "../../util/units.ts";
import type { ResultStep } from "../report.ts";
import { formatCount, formatDuration, formatUsd } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import type { PageContext } from "./page_context.ts";
import { preformatted, renderAnswer } from "./text_block.ts";

/** Returns the end of a turn: its outcome, what it used, its errors, and its text if that is new. */
export function renderResult({ result, isRepetition }: ResultStep, context: PageContext): Html {
  const { ok, text, errors, structured_output: output } = result;
  const structured = output === undefined ? "" : stringifySafe(output);
  const isShown = isRepetition || errors.includes(text) || ["", structured].includes(text.trim());
  return fragment(
    element(
      "div",
      { class: `line ${ok ? "done" : "error"}` },
      element("b", {}, ok ? "Turn completed" : "Turn failed"),
      " ",
      element("span", { class: "facts" }, factsOf(result).join(" · ")),
    ),
    errors.map((error) =>
      element("div", { class: "output problem" }, preformatted(error, context))
    ),
    !isShown && renderText(text, ok),
    structured !== "" &&
      element("div", { class: "output" }, renderAnswer(element("pre", {}, structured))),
  );
}

/** Returns the text of a result, which is an answer unless the turn failed. */
function renderText(text: string, ok: boolean): Html {
  const content = element("div", { class: "markdown" }, renderMarkdown(text));
  return element("div", { class: "output" }, ok ? renderAnswer(content) : content);
}

function factsOf(result: EventOf<"result">): string[] {
  const { subtype, ok, turns, duration_ms: durationMs, usage, cost_usd: cost } = result;
  return [
    ...(ok ? [] : [subtype.replaceAll("_", " ")]),
    turns === null ? "model turns unknown" : formatCount(turns, "model turn"),
    durationMs === null ? "time unknown" : formatDuration(durationMs),
    usage === null ? "tokens unknown" : formatUsage(usage),
    cost === null ? "cost unknown" : formatUsd(cost),
  ];
}

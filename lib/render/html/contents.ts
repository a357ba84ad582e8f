import { joinTexts } from "../../util/join_texts.ts";
import type { Report, ReportTurn } from "../report.ts";
import { formatDuration, formatOffset, formatUsd } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import { firstLine } from "./shorten.ts";
import { turnDurationMs } from "./turn_times.ts";

/** The length of a prompt in the list. */
const MAX_PROMPT_LENGTH = 120;

/** Returns the list of the turns of a session; false if it has only one. */
export function renderContents({ turns }: Report): Html | false {
  if (turns.length < 2) return false;
  return element(
    "nav",
    { class: "contents", "aria-labelledby": "turns" },
    element("h2", { id: "turns" }, "Turns"),
    element("ol", {}, turns.map(renderTurn)),
  );
}

function renderTurn(turn: ReportTurn): Html {
  const { number, startMs, result } = turn;
  const durationMs = turnDurationMs(turn);
  const facts = joinTexts([
    startMs === null ? "" : `at ${formatOffset(startMs)}`,
    durationMs === null ? "" : formatDuration(durationMs),
    result === null || result.cost_usd === null ? "" : formatUsd(result.cost_usd),
  ], " · ");
  return element(
    "li",
    {},
    element("a", { href: `#turn-${number}` }, titleOf(turn)),
    result?.ok === false && [" ", element("span", { class: "badge error" }, "failed")],
    facts !== "" && fragment(" ", element("span", { class: "facts" }, facts)),
  );
}

function titleOf({ steps }: ReportTurn): string {
  const prompt = steps.find((step) => step.kind === "prompt");
  return firstLine(prompt?.text ?? "", MAX_PROMPT_LENGTH) || "Without a prompt";
}

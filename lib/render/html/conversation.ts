import type { Report, ReportTurn } from "../report.ts";
import { formatDuration } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { isWithinLimit, renderMissing, renderSteps } from "./step.ts";

/** Returns the turns of a session with their steps. */
export function renderConversation({ turns }: Report, context: PageContext): Html {
  if (turns.length === 0) {
    return element("p", { class: "facts" }, "The session contains no messages.");
  }
  return element(
    "section",
    { class: "conversation", "aria-label": "Conversation" },
    renderTurns(turns, context),
  );
}

/** Returns the turns that have shown steps. Those in the middle of a huge session are only counted. */
function renderTurns(turns: readonly ReportTurn[], context: PageContext): Html[] {
  const isMissing = ({ steps }: ReportTurn) =>
    steps.length > 0 && !steps.some((step) => isWithinLimit(step, context));
  const first = turns.findIndex(isMissing);
  const last = turns.findLastIndex(isMissing);
  if (first === -1) return turns.map((turn) => renderTurn(turn, context));
  return [
    ...turns.slice(0, first).map((turn) => renderTurn(turn, context)),
    renderMissing(last - first + 1, "turn"),
    ...turns.slice(last + 1).map((turn) => renderTurn(turn, context)),
  ];
}

function renderTurn(turn: ReportTurn, context: PageContext): Html {
  const { number, steps } = turn;
  const durationMs = durationOf(turn);
  return fragment(
    element(
      "section",
      { class: "turn", id: `turn-${number}` },
      element(
        "h2",
        {},
        `Turn ${number} `,
        durationMs !== null && element("span", { class: "facts" }, formatDuration(durationMs)),
      ),
      renderSteps(steps, context),
    ),
    "\n",
  );
}

function durationOf({ result, startMs, endMs }: ReportTurn): number | null {
  if (result !== null && result.duration_ms !== null) return result.duration_ms;
  return startMs === null || endMs === null ? null : endMs - startMs;
}

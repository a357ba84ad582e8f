import type { Report, ReportTurn } from "../report.ts";
import { formatDuration } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { renderSteps } from "./step.ts";

/** Returns the turns of a session with their steps. */
export function renderConversation({ turns }: Report, context: PageContext): Html {
  if (turns.length === 0) {
    return element("p", { class: "facts" }, "The session contains no messages.");
  }
  return element(
    "section",
    { class: "conversation", "aria-label": "Conversation" },
    turns.map((turn) => renderTurn(turn, context)),
  );
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

import type { Report, ReportTurn } from "../report.ts";
import { formatDuration } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { renderSteps } from "./step.ts";

/** Returns the turns of a session with their steps. */
export function renderConversation({ turns }: Report, context: PageContext): Html {
  return element(
    "section",
    { class: "conversation", id: "conversation", "aria-label": "Conversation" },
    turns.length === 0 &&
      element("p", { class: "facts" }, "The session contains no messages."),
    turns.map((turn) => renderTurn(turn, context)),
    renderNoHits(),
  );
}

/** Returns what the script of the page shows if a search has no hits. */
function renderNoHits(): Html {
  return element(
    "p",
    { id: "no-hits", hidden: true },
    "No step matches. ",
    element("button", { type: "button", id: "show-all" }, "Show all steps"),
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

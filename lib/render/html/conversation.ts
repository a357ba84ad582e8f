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
  const { number, steps, startMs, endMs } = turn;
  const isTimed = startMs !== null && endMs !== null && endMs > startMs;
  const duration = isTimed && element("span", { class: "facts" }, formatDuration(endMs - startMs));
  return fragment(
    element(
      "section",
      { class: "turn", id: `turn-${number}` },
      element("h2", {}, `Turn ${number} `, duration),
      renderSteps(steps, context),
    ),
    "\n",
  );
}

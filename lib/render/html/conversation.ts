import type { Report, ReportTurn } from "../report.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatUtcMinute } from "../../util/units.ts";
import { formatCount, formatDuration, timeAt } from "./format.ts";
import { element, fragment, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { isWithinLimit, renderMissing, renderSteps } from "./step.ts";
import { pauseBeforeMs, turnDurationMs } from "./turn_times.ts";

/** A shorter pause is what a person needs to type the next prompt. */
const MIN_PAUSE_MS = 60_000;

/** Returns the turns of a session with their steps. */
export function renderConversation({ turns }: Report, context: PageContext): Html {
  return element(
    "section",
    { class: "conversation", id: "conversation", "aria-label": "Conversation" },
    turns.length === 0 &&
      element("p", { class: "facts" }, "The session contains no messages."),
    renderTurns(turns, context),
    renderNoHits(),
  );
}

/** Returns the turns that have shown steps. Those in the middle of a huge session are only counted. */
function renderTurns(turns: readonly ReportTurn[], context: PageContext): Html[] {
  const isMissing = ({ steps }: ReportTurn) =>
    steps.length > 0 && !steps.some((step) => isWithinLimit(step, context));
  const first = turns.findIndex(isMissing);
  const last = turns.findLastIndex(isMissing);
  const render = (turn: ReportTurn, at: number) => renderTurn(turn, turns[at - 1], context);
  if (first === -1) return turns.map(render);
  const place = turns[first]?.steps[0]?.number ?? 0;
  return [
    ...turns.slice(0, first).map(render),
    renderMissing(place, formatCount(last - first + 1, "turn"), context),
    ...turns.slice(last + 1).map((turn, at) => render(turn, last + 1 + at)),
  ];
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

function renderTurn(
  turn: ReportTurn,
  previous: ReportTurn | undefined,
  context: PageContext,
): Html {
  const { number, steps } = turn;
  return fragment(
    element(
      "section",
      { class: "turn", id: `turn-${number}` },
      element(
        "h2",
        {},
        `Turn ${number} `,
        element("span", { class: "facts" }, factsOf(turn, previous, context)),
      ),
      renderSteps(steps, context),
    ),
    "\n",
  );
}

/** Returns how long a turn took, and when it started if others precede it. */
function factsOf(
  turn: ReportTurn,
  previous: ReportTurn | undefined,
  { report }: PageContext,
): string {
  const durationMs = turnDurationMs(turn);
  const pauseMs = pauseBeforeMs(turn, previous) ?? 0;
  const time = previous === undefined ? null : timeAt(report, turn.startMs);
  return joinTexts([
    durationMs === null ? "" : formatDuration(durationMs),
    time === null ? "" : formatUtcMinute(time),
    pauseMs < MIN_PAUSE_MS ? "" : `after a pause of ${formatDuration(pauseMs)}`,
  ], " · ");
}

import { element, fragment, type Html } from "./html.ts";
import type { ShownSteps } from "./shown_steps.ts";

/** The kinds of steps that a reader can hide. The steps have them as classes. */
const FILTERS = [
  ["prompt", "Prompts"],
  ["text", "Text"],
  ["thinking", "Thinking"],
  ["tool", "Tools"],
  ["edit", "Edits"],
  ["subagent", "Subagents"],
  ["notice", "Notices"],
] as const;

/** The keys that the script of the page knows. */
const KEYS = [
  ["/", "Search"],
  ["Enter", "Next hit, with Shift the previous one"],
  ["j", "Next step"],
  ["k", "Previous step"],
  ["n", "Next problem"],
  ["p", "Previous problem"],
  ["o", "Unfold or fold the step"],
  ["e", "Unfold or fold everything"],
  ["t", "Light or dark"],
  ["?", "Show these keys"],
  ["Esc", "Show all steps again"],
] as const;

/** Returns the controls, which are hidden until the script of the page shows them, and their help. */
export function renderToolbar(shown: ShownSteps): Html {
  return fragment(
    element(
      "div",
      {
        class: "toolbar",
        id: "toolbar",
        role: "search",
        "aria-label": "Search and filters",
        hidden: true,
      },
      element("div", { class: "bar" }, renderSearch(), renderFilters(shown), renderActions()),
    ),
    renderHelp(),
  );
}

function renderSearch(): Html {
  return element(
    "label",
    { class: "search" },
    element("span", { class: "sr" }, "Search"),
    element("input", {
      id: "search",
      type: "search",
      placeholder: "Search",
      autocomplete: "off",
      spellcheck: "false",
    }),
    element("output", { id: "count", for: "search" }),
    element("kbd", {}, "/"),
  );
}

function renderFilters({ kinds, hasProblem }: ShownSteps): Html {
  return element(
    "div",
    { class: "filters", role: "group", "aria-label": "Shown steps" },
    FILTERS.filter(([kind]) => kinds.has(kind)).map(([kind, name]) =>
      element("button", { type: "button", "data-kind": kind, "aria-pressed": "true" }, name)
    ),
    element(
      "button",
      { type: "button", id: "problems", "aria-pressed": "false", hidden: !hasProblem },
      "Problems only",
    ),
  );
}

function renderActions(): Html {
  return element(
    "div",
    { class: "actions" },
    element(
      "button",
      { type: "button", id: "theme", title: "Light or dark (t)", "aria-label": "Light or dark" },
      "◐",
    ),
    element("button", { type: "button", id: "keys", title: "Keys (?)", "aria-label": "Keys" }, "?"),
  );
}

function renderHelp(): Html {
  return element(
    "dialog",
    { id: "help", "aria-label": "Keys" },
    element("h2", {}, "Keys"),
    element(
      "dl",
      {},
      KEYS.map(([key, purpose]) => [
        element("dt", {}, element("kbd", {}, key)),
        element("dd", {}, purpose),
      ]),
    ),
    element("button", { type: "button", id: "close" }, "Close"),
  );
}

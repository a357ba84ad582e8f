import { inputTokens } from "../../events.ts";
import { EXIT_MEANINGS } from "../../exit_codes.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatUtcMinute } from "../../util/units.ts";
import { failureText } from "../failure_text.ts";
import type { Report, ReportModel, ReportStep } from "../report.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatTokenCount,
  formatUsd,
} from "./format.ts";
import { element, type Html } from "./html.ts";
import { firstLine } from "./shorten.ts";

/** The length of the title of a page, and of its heading. */
const MAX_TITLE_LENGTH = 80;
const MAX_HEADING_LENGTH = 240;

/** The length of the name of a model. */
const MAX_NAME_LENGTH = 80;

/** Returns the title of a page, which names its tab and its bookmark. */
export function titleOf(report: Report): string {
  return promptOf(report, MAX_TITLE_LENGTH);
}

/** Returns the first line of the prompt, if that is known. */
function promptOf({ prompt }: Report, maxLength: number): string {
  return firstLine(prompt ?? "", maxLength) || "Claude Code session";
}

/** Returns the head of a page: the prompt, the outcome, and what the session has used. */
export function renderHead(report: Report): Html {
  return element(
    "header",
    { class: "head" },
    renderOutcome(report),
    element("h1", {}, promptOf(report, MAX_HEADING_LENGTH)),
    renderError(report),
    renderTiles(report),
    renderModels(report),
    renderDetails(report),
  );
}

function renderOutcome(report: Report): Html {
  const { session, startTime } = report;
  const { className, words } = outcomeOf(report);
  const answer = report.answer === "" ? undefined : answerOf(report);
  const last = answer ?? report.turns.at(-1)?.steps.at(-1);
  return element(
    "p",
    { class: "outcome" },
    element("span", { class: `badge ${className}` }, words),
    " ",
    element("span", {}, sanitizeLine(session.model ?? "model unknown", MAX_NAME_LENGTH)),
    startTime !== null &&
      [" ", element("time", { datetime: startTime }, formatUtcMinute(startTime))],
    last !== undefined && [
      " ",
      element(
        "a",
        { href: `#step-${last.number}` },
        `Go to the ${answer ? "answer" : "last step"}`,
      ),
    ],
  );
}

/** Returns the step with the answer: the last result if its text is new, or else the last text. */
function answerOf({ turns }: Report): ReportStep | undefined {
  const steps = turns.at(-1)?.steps ?? [];
  const result = steps.findLast((step) => step.kind === "result");
  const isNew = result !== undefined && !result.isRepetition && result.result.text.trim() !== "";
  return isNew ? result : steps.findLast(({ kind }) => kind === "text");
}

function outcomeOf({ exit }: Report): { className: string; words: string } {
  if (exit === null || exit.reason === null) {
    return { className: "unknown", words: "No result recorded" };
  }
  if (exit.reason === "success") return { className: "done", words: "Succeeded" };
  const reason = exit.reason === "failed" ? "" : exit.reason.replaceAll("_", " ");
  return { className: "error", words: joinTexts(["Failed", reason], ": ") };
}

function renderError({ error, exit }: Report): Html | false {
  if (error === null) return false;
  const { message, hint } = failureText(error);
  return element(
    "div",
    { class: "callout", role: "note" },
    element("p", {}, element("b", {}, message)),
    hint !== "" && element("p", {}, hint),
    exit?.reason != null &&
      element("p", { class: "facts" }, `Exit code ${exit.code}: ${EXIT_MEANINGS[exit.reason]}`),
  );
}

function renderTiles(report: Report): Html {
  const { durationMs, turns, requestCount, toolCounts, usage, costUsd } = report;
  const { all, failed, denied } = toolCounts;
  const problems = joinTexts([
    failed > 0 ? `${formatNumber(failed)} failed` : "",
    denied > 0 ? `${formatNumber(denied)} denied` : "",
  ], ", ");
  const modelTurns = requestCount === null
    ? "model turns unknown"
    : formatCount(requestCount, "model turn");
  const input = usage === null ? undefined : inputTokens(usage);
  const cached = usage === null || input === 0 ? "" : `${cacheShare(usage)}% from cache`;
  return element(
    "dl",
    { class: "tiles" },
    tile("Time", formatDuration(durationMs), workingTime(report)),
    tile("Turns", formatNumber(turns.length), modelTurns),
    tile("Tool calls", formatNumber(all), problems),
    tile("Input tokens", formatTokenCount(input), cached),
    tile("Output tokens", formatTokenCount(usage?.output)),
    tile("Cost", formatUsd(costUsd)),
  );
}

/** Returns how long the session worked, or how long it existed, if it also waited for its user. */
function workingTime({ durationMs, turns }: Report): string {
  const spanMs = turns.at(-1)?.endMs ?? 0;
  if (durationMs !== null && durationMs < spanMs / 2) return `within ${formatDuration(spanMs)}`;
  const workedMs = turns.reduce((sum, { result }) => sum + (result?.duration_ms ?? 0), 0);
  const isShorter = durationMs !== null && workedMs > 0 && workedMs < durationMs / 2;
  return isShorter ? `${formatDuration(workedMs)} working` : "";
}

function cacheShare(usage: NonNullable<Report["usage"]>): number {
  return Math.floor(usage.cache_read / inputTokens(usage) * 100);
}

function tile(name: string, value: string, note = ""): Html {
  const small = note !== "" && element("small", {}, note);
  return element("div", {}, element("dt", {}, name), element("dd", {}, value, small));
}

const MODEL_COLUMNS = [
  "Model",
  "Cost",
  "Uncached input",
  "Cache read",
  "Cache write",
  "Output",
] as const;

function renderModels({ models }: Report): Html {
  if (models.length === 0) {
    return element("p", { class: "models facts" }, "Tokens and cost by model: unknown");
  }
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      { class: "models" },
      element(
        "thead",
        {},
        element("tr", {}, MODEL_COLUMNS.map((name) => element("th", { scope: "col" }, name))),
      ),
      element("tbody", {}, models.map(renderModel)),
    ),
  );
}

function renderModel(
  { name, input, cache_read, cache_write, output, cost_usd }: ReportModel,
): Html {
  const cells = [
    formatUsd(cost_usd),
    ...[input, cache_read, cache_write, output].map(formatNumber),
  ];
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, sanitizeLine(name, MAX_NAME_LENGTH)),
    cells.map((cell, at) => element("td", { "data-name": MODEL_COLUMNS[at + 1] }, cell)),
  );
}

function renderDetails({ session, exit }: Report): Html | false {
  const facts = [
    ["Session", session.id],
    ["Directory", session.cwd],
    ["Permissions", session.permissionMode],
    ["Claude Code", session.claudeVersion],
    ["Resume", exit?.resume ?? null],
  ] as const;
  const known = facts.filter(([, value]) => value !== null);
  if (known.length === 0) return false;
  return element(
    "details",
    { class: "session" },
    element("summary", {}, "Session details"),
    element(
      "dl",
      {},
      known.map(([name, value]) => [
        element("dt", {}, name),
        element("dd", {}, element("code", {}, sanitizeLine(value ?? ""))),
      ]),
    ),
  );
}

import { inputTokens } from "../../events.ts";
import { EXIT_MEANINGS } from "../../exit_codes.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { joinTexts } from "../../util/join_texts.ts";
import { formatCount } from "../../util/units.ts";
import type { Report, ReportModel } from "../report.ts";
import {
  formatDuration,
  formatNumber,
  formatTokenCount,
  formatUsd,
  formatUtcMinute,
} from "./format.ts";
import { element, type Html } from "./html.ts";

/** The length of the title of a page, and of its heading. */
const MAX_TITLE_LENGTH = 80;
const MAX_HEADING_LENGTH = 240;

/** Returns the title of a page, which names its tab and its bookmark. */
export function titleOf({ prompt }: Report): string {
  return prompt === null ? "Claude Code session" : sanitizeLine(prompt, MAX_TITLE_LENGTH);
}

/** Returns the head of a page: the prompt, the outcome, and what the session has used. */
export function renderHead(report: Report): Html {
  const { prompt } = report;
  const heading = prompt === null
    ? "Claude Code session"
    : sanitizeLine(prompt, MAX_HEADING_LENGTH);
  return element(
    "header",
    { class: "head" },
    renderOutcome(report),
    element("h1", {}, heading),
    renderError(report),
    renderTiles(report),
    renderModels(report),
    renderDetails(report),
  );
}

function renderOutcome(report: Report): Html {
  const { session, startTime } = report;
  const { className, words } = outcomeOf(report);
  return element(
    "p",
    { class: "outcome" },
    element("span", { class: `badge ${className}` }, words),
    " ",
    element("span", {}, session.model ?? "model unknown"),
    startTime !== null &&
      [" ", element("time", { datetime: startTime }, formatUtcMinute(startTime))],
  );
}

function outcomeOf({ exit }: Report): { className: string; words: string } {
  if (exit === null || exit.reason === null) {
    return { className: "unknown", words: "No result recorded" };
  }
  if (exit.reason === "success") return { className: "done", words: "Succeeded" };
  return { className: "error", words: `Failed: ${exit.reason.replaceAll("_", " ")}` };
}

function renderError({ error, exit }: Report): Html | false {
  if (error === null) return false;
  return element(
    "div",
    { class: "callout", role: "note" },
    element("p", {}, element("b", {}, error.message)),
    error.hint !== undefined && element("p", {}, error.hint),
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
  const requests = requestCount === null
    ? "requests unknown"
    : formatCount(requestCount, "request");
  const input = usage === null ? undefined : inputTokens(usage);
  const cached = usage === null || input === 0 ? "" : `${cacheShare(usage)}% from cache`;
  return element(
    "dl",
    { class: "tiles" },
    tile("Time", formatDuration(durationMs)),
    tile("Turns", formatNumber(turns.length), requests),
    tile("Tool calls", formatNumber(all), problems),
    tile("Input tokens", formatTokenCount(input), cached),
    tile("Output tokens", formatTokenCount(usage?.output)),
    tile("Cost", formatUsd(costUsd)),
  );
}

function cacheShare(usage: NonNullable<Report["usage"]>): number {
  return Math.floor(usage.cache_read / inputTokens(usage) * 100);
}

function tile(name: string, value: string, note = ""): Html {
  const small = note !== "" && element("small", {}, note);
  return element("div", {}, element("dt", {}, name), element("dd", {}, value, small));
}

const MODEL_COLUMNS = ["Model", "Input", "Cache read", "Cache write", "Output", "Cost"] as const;

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
      element("thead", {}, element("tr", {}, MODEL_COLUMNS.map((name) => element("th", {}, name)))),
      element("tbody", {}, models.map(renderModel)),
    ),
  );
}

function renderModel(
  { name, input, cache_read, cache_write, output, cost_usd }: ReportModel,
): Html {
  const cells = [input, cache_read, cache_write, output].map(formatNumber);
  return element(
    "tr",
    {},
    element("th", {}, name),
    [...cells, formatUsd(cost_usd)].map((cell) => element("td", {}, cell)),
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
        element("dd", {}, element("code", {}, value)),
      ]),
    ),
  );
}

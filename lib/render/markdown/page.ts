import { formatJson } from "../../util/format_json.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import { formatUtcMinute } from "../../util/units.ts";
import type { Report } from "../report.ts";
import { TaskNames } from "../report/task_names.ts";
import { renderModels } from "./models.ts";
import { codeBlock, collapsedSection, escapeMarkdown, quoteMarkdown } from "./escape.ts";
import { type Exchange, exchangesOf } from "./exchanges.ts";
import { renderHead } from "./head.ts";
import { pageLimits } from "./limits.ts";
import type { PageContext } from "./page_context.ts";
import { renderSteps, stepsTitle } from "./steps.ts";

/** Returns a session as a page. Prompts and answers are complete, inputs and outputs are excerpts. */
export function renderPage(report: Report, paths: PathContext = {}): string {
  const exchanges = exchangesOf(report.turns);
  const context = { ...pageLimits(exchanges), taskNames: new TaskNames() };
  const isOnly = exchanges.length === 1;
  const blocks = [
    ...renderHead(report),
    ...exchanges.flatMap((exchange, index) =>
      renderExchange(exchange, context, isOnly ? "" : ` ${index + 1}`)
    ),
    ...renderModels(report.models),
    ...renderFacts(report, paths),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** @param number follows the titles */
function renderExchange(exchange: Exchange, context: PageContext, number: string): string[] {
  const { prompt, steps } = exchange;
  return [
    ...(prompt === null ? [] : [`### Prompt${number}`, quoteMarkdown(prompt)]),
    ...(steps.length === 0 ? [] : collapsedSection(stepsTitle(steps), renderSteps(steps, context))),
    ...renderAnswer(exchange, number),
  ];
}

function renderAnswer({ answer, result }: Exchange, number: string): string[] {
  const output = result?.structured_output;
  if (output !== undefined) return [`### Answer${number}`, codeBlock(formatJson(output), "json")];
  if (answer === "") return [];
  const title = result?.ok ? "Answer" : "Last text";
  return [`### ${title}${number}`, quoteMarkdown(answer)];
}

function renderFacts({ session, startTime }: Report, paths: PathContext): string[] {
  const { id, claudeVersion, cwd } = session;
  const facts: string[] = [];
  if (startTime !== null) facts.push(formatUtcMinute(startTime));
  if (claudeVersion !== null) facts.push(`Claude Code ${claudeVersion}`);
  if (id !== null) facts.push(`session ${id}`);
  if (cwd !== null) facts.push(`in ${shortPath(cwd, paths)}`);
  return facts.length === 0 ? [] : [facts.map((fact) => escapeMarkdown(fact)).join(" · ")];
}

import type { PageWriter } from "../page.ts";
import type { Report, ReportStep } from "../report.ts";
import { ReportBuilder, type ReportOptions } from "../report/report_builder.ts";
import type { Renderer } from "../renderer.ts";
import { renderPage } from "./page.ts";

/** Editors, code hosts and chats accept files of this size. */
const MAX_PAGE_BYTES = 10_000_000;

/** Longer texts are shortened on every page. */
const MAX_TEXT_LENGTH = 32_000;

/** Shorter texts would say nothing, so steps are left out then. */
const MIN_TEXT_LENGTH = 200;

/** Browsers take seconds to open a page with more steps. */
const MAX_STEPS = 16_000;

/** Makes a smaller page probably small enough, although steps have different sizes. */
const MARGIN = 0.95;

/** What the texts that can be shortened may need together, so that the page is about small enough. */
const TEXT_BUDGET = 5_000_000;

/** Creates the renderer of the `html` format: one page, which needs no other file and no network. */
export function createHtmlRenderer(writer: PageWriter, options: ReportOptions = {}): Renderer {
  const builder = new ReportBuilder(options);
  return {
    event(event) {
      builder.event(event);
      if (event.type === "exit") writer.write(renderWithinLimit(builder.report()));
    },
  };
}

/** Returns a page. Shortens long texts until it is small enough, and then leaves out steps. */
function renderWithinLimit(report: Report): string {
  let textLimit = firstTextLimit(report);
  let stepLimit = MAX_STEPS / 2;
  for (;;) {
    const page = renderPage(report, { textLimit, stepLimit });
    const excess = byteLength(page) / MAX_PAGE_BYTES;
    if (excess <= 1 || stepLimit === 0) return page;
    if (textLimit > MIN_TEXT_LENGTH) textLimit = Math.floor(textLimit / 2);
    else stepLimit = Math.floor(Math.min(stepLimit, report.lastStepNumber / 2) / excess * MARGIN);
  }
}

/** Returns a limit with which the page is probably small enough. */
function firstTextLimit(report: Report): number {
  const lengths = report.turns.flatMap(({ steps }) => lengthsOf(steps));
  const needed = (limit: number) =>
    lengths.reduce((sum, length) => sum + Math.min(length, limit), 0);
  let limit = MAX_TEXT_LENGTH;
  while (limit > MIN_TEXT_LENGTH && needed(limit) > TEXT_BUDGET) limit = Math.floor(limit * 0.8);
  return limit;
}

/** Returns about how long the texts are that can be shortened. */
function lengthsOf(steps: readonly ReportStep[]): number[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case "call": {
        const { input, output, diff, steps } = step.call;
        const values = Object.values(input ?? {}).map((value) =>
          typeof value === "string" ? value.length : 0
        );
        return [output?.length ?? 0, diff?.length ?? 0, ...values, ...lengthsOf(steps)];
      }
      case "notice":
        return [step.notice.text.length];
      case "result":
        return [];
      default:
        return [step.text.length];
    }
  });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

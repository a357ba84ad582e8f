import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { Report, ReportStep } from "../report.ts";
import { ReportBuilder, type ReportOptions } from "../report/report_builder.ts";
import type { Renderer } from "../renderer.ts";
import { renderPage } from "./page.ts";

/** Editors, code hosts and chats accept files of this size. */
const MAX_PAGE_BYTES = 10_000_000;

/** Longer texts are shortened on every page. */
const MAX_TEXT_LENGTH = 32_000;

/** Texts are not shortened further, even if the page becomes too large. */
const MIN_TEXT_LENGTH = 100;

/** What the texts that can be shortened may need together, so that the page is about small enough. */
const TEXT_BUDGET = 5_000_000;

/** Creates the renderer of the `html` format: one page, which needs no other file and no network. */
export function createHtmlRenderer(writer: BufferedWriter, options: ReportOptions = {}): Renderer {
  const builder = new ReportBuilder(options);
  return {
    event(event) {
      builder.event(event);
      if (event.type === "exit") writer.write(renderWithinLimit(builder.report()));
    },
  };
}

/** Returns a page. Shortens long texts until it is small enough. */
function renderWithinLimit(report: Report): string {
  let textLimit = MAX_TEXT_LENGTH;
  const lengths = report.turns.flatMap(({ steps }) => lengthsOf(steps));
  const needed = () => lengths.reduce((sum, length) => sum + Math.min(length, textLimit), 0);
  while (textLimit > MIN_TEXT_LENGTH && needed() > TEXT_BUDGET) textLimit /= 2;
  let page = renderPage(report, textLimit);
  while (textLimit > MIN_TEXT_LENGTH && byteLength(page) > MAX_PAGE_BYTES) {
    textLimit /= 2;
    page = renderPage(report, textLimit);
  }
  return page;
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

import type { PageWriter } from "../page.ts";
import type { Renderer } from "../renderer.ts";
import { ReportBuilder, type ReportOptions } from "../report/report_builder.ts";
import { renderPage } from "./page.ts";

/** Creates the renderer of the `markdown` format: a page about the session, written when it has ended. */
export function createMarkdownRenderer(
  writer: PageWriter,
  { home }: ReportOptions = {},
): Renderer {
  const builder = new ReportBuilder({ home });
  return {
    event(event) {
      builder.event(event);
      if (event.type === "exit") writer.write(renderPage(builder.report(), { home }));
    },
  };
}

import type { Report } from "../report.ts";
import { PageImages } from "./images.ts";
import { TaskNames } from "./task_names.ts";

/** Sessions with more calls are long enough with their calls folded. */
const MAX_UNFOLDED_CALLS = 100;

/** What the parts of one page share. */
export interface PageContext {
  readonly report: Report;
  /** The length to which long texts are shortened. */
  readonly textLimit: number;
  readonly images: PageImages;
  readonly taskNames: TaskNames;
  /** Whether short tool calls are unfolded. */
  readonly unfoldsCalls: boolean;
}

/** Creates the context of a page. */
export function createPageContext(report: Report, textLimit: number): PageContext {
  return {
    report,
    textLimit,
    images: new PageImages(),
    taskNames: new TaskNames(),
    unfoldsCalls: report.toolCounts.all <= MAX_UNFOLDED_CALLS,
  };
}

import type { Report, ReportTurn } from "../report.ts";
import { TaskNames } from "../report/task_names.ts";
import { PageImages } from "./images.ts";
import { ShownSteps } from "./shown_steps.ts";

/** Sessions with more calls are long enough with their calls folded. */
const MAX_UNFOLDED_CALLS = 100;

/** What keeps a page small. */
export interface PageLimits {
  /** The length to which long texts are shortened. */
  readonly textLimit: number;
  /** How many of the first and of the last steps are shown. */
  readonly stepLimit: number;
}

/** What the parts of one page share. */
export interface PageContext extends PageLimits {
  readonly report: Report;
  readonly images: PageImages;
  readonly taskNames: TaskNames;
  /** The numbers of the texts that answer a prompt. */
  readonly answers: ReadonlySet<number>;
  /** What the conversation shows. */
  readonly shown: ShownSteps;
  /** Whether short tool calls are unfolded. */
  readonly unfoldsCalls: boolean;
}

/** Creates the context of a page. */
export function createPageContext(report: Report, limits: PageLimits): PageContext {
  return {
    ...limits,
    report,
    images: new PageImages(),
    taskNames: new TaskNames(),
    answers: new Set(report.turns.flatMap(answersOf)),
    shown: new ShownSteps(),
    unfoldsCalls: report.toolCounts.all <= MAX_UNFOLDED_CALLS,
  };
}

/** Returns the number of the text that is the answer of a turn. */
function answersOf({ steps, result }: ReportTurn): number[] {
  const repeats = steps.some((step) => step.kind === "result" && step.isRepetition);
  const text = steps.findLast(({ kind }) => kind === "text");
  return result?.ok && repeats && text !== undefined ? [text.number] : [];
}

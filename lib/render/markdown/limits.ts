import type { Exchange } from "./exchanges.ts";
import type { ReportStep } from "../report.ts";

/** How much a page shows of the steps. Prompts and answers are always complete. */
export interface PageLimits {
  /** The maximum length of a text, such as an input or an output. */
  readonly textLength: number;
  /** The share of the steps that are shown, from 0 to 1. */
  readonly stepShare: number;
}

const MAX_TEXT_LENGTH = 2_000;

/** The maximum length of all texts together, so that a page stays near 1 MB. */
const MAX_TOTAL_LENGTH = 500_000;

/** The maximum number of steps. */
const MAX_STEPS = 2_000;

/** The number of texts of a step. */
const TEXTS_PER_STEP = 2;

/** Returns the limits of a page about these exchanges: the more steps, the less is shown of each. */
export function pageLimits(exchanges: readonly Exchange[]): PageLimits {
  const steps = exchanges.reduce((sum, exchange) => sum + countSteps(exchange.steps), 0);
  const shown = Math.min(steps, MAX_STEPS);
  return {
    textLength: Math.min(MAX_TEXT_LENGTH, Math.floor(MAX_TOTAL_LENGTH / (shown * TEXTS_PER_STEP))),
    stepShare: Math.min(1, MAX_STEPS / steps),
  };
}

/** Counts steps and those of the subagents that they started. */
function countSteps(steps: readonly ReportStep[]): number {
  return steps.reduce(
    (sum, step) => sum + 1 + (step.kind === "call" ? countSteps(step.call.steps) : 0),
    0,
  );
}

import { givesAnswer } from "../../claude/tools.ts";
import type { ReportStep, ReportTurn, TextStep } from "../report.ts";

/** A prompt, and everything until the next one. */
export interface Exchange {
  /** The prompt; null if the recording does not contain it. */
  readonly prompt: string | null;
  /** The steps between the prompt and the answer. */
  readonly steps: readonly ReportStep[];
  /** The texts of the model at the end of its turns; empty if there are none. */
  readonly answer: string;
  /** The last result; null if there is none. */
  readonly result: ReportTurn["result"];
}

/** Groups the turns of a session: background tasks start turns that belong to the prompt before. */
export function exchangesOf(turns: readonly ReportTurn[]): Exchange[] {
  const groups: ReportTurn[][] = [];
  for (const turn of turns) {
    const last = groups.at(-1);
    if (last !== undefined && turn.steps[0]?.kind !== "prompt") last.push(turn);
    else groups.push([turn]);
  }
  return groups.map(exchangeOf);
}

function exchangeOf(turns: readonly ReportTurn[]): Exchange {
  const [first] = turns[0]?.steps ?? [];
  const prompt = first?.kind === "prompt" ? first : undefined;
  const shown = new Set<ReportStep | undefined>([prompt, ...turns.flatMap(answerSteps)]);
  return {
    prompt: prompt?.text ?? null,
    steps: turns.flatMap(({ steps }) =>
      steps.filter((step) => !shown.has(step) && !isInAnswer(step))
    ),
    answer: answerOf(turns),
    result: turns.findLast(({ result }) => result !== null)?.result ?? null,
  };
}

/** Returns whether the answer shows what a step reports: the end of a turn, or a structured output. */
function isInAnswer(step: ReportStep): boolean {
  if (step.kind === "result") return step.result.ok;
  return step.kind === "call" && givesAnswer(step.call.name) && step.call.state === "done";
}

/** Joins the answers of turns. Equal neighbors appear once. */
function answerOf(turns: readonly ReportTurn[]): string {
  const answers = turns.map(answerOfTurn).filter((answer) => answer !== "");
  return answers.filter((answer, index) => answer !== answers[index - 1]).join("\n\n");
}

function answerOfTurn(turn: ReportTurn): string {
  const texts = answerSteps(turn).map(({ text }) => text.trim());
  if (texts.length > 0) return texts.join("\n\n");
  // A local command has no text of the model.
  return turn.result?.ok ? turn.result.text.trim() : "";
}

/** Returns the texts after the last tool call of a turn, or its last text if there is none. */
function answerSteps({ steps }: ReportTurn): readonly TextStep[] {
  const lastCall = steps.findLastIndex(({ kind }) => kind === "call");
  const after = textsOf(steps.slice(lastCall + 1));
  return after.length > 0 ? after : textsOf(steps).slice(-1);
}

function textsOf(steps: readonly ReportStep[]): TextStep[] {
  return steps.filter((step) => step.kind === "text").filter(({ text }) => text.trim() !== "");
}

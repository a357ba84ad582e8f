import type { EventOf, RunEvent } from "../../events.ts";
import type { ReportStep, ReportTurn } from "../report.ts";

type MutableTurn = { -readonly [Field in keyof ReportTurn]: ReportTurn[Field] } & {
  readonly steps: ReportStep[];
};

/** The steps that can precede the work of a turn. */
const OPENING: ReadonlySet<ReportStep["kind"]> = new Set(["prompt", "user_text", "notice"]);

/** The events that show that a turn is working. Others can arrive long after it. */
const WORK: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "text",
  "thinking",
  "user_text",
  "tool_use",
  "tool_progress",
  "tool_result",
  "permission_denied",
  "usage",
  "retry",
  "waiting",
]);

/** Divides the steps of the main agent into turns. */
export class Turns {
  readonly turns: MutableTurn[] = [];
  /** How many of the first steps of the last turn are known to only begin it. */
  #openingSteps = 0;
  #sessionStartMs: number | null = null;

  /** Returns the steps of the current turn, for notices, which belong to it even after its result. */
  get steps(): ReportStep[] {
    return (this.turns.at(-1) ?? this.#begin()).steps;
  }

  /** Returns the steps of the turn that works: the current one, unless it has ended. */
  get workingSteps(): ReportStep[] {
    const turn = this.turns.at(-1);
    return (turn === undefined || turn.result !== null ? this.#begin() : turn).steps;
  }

  /** Returns the steps of the turn of a prompt: a new one, unless the current one only begins. */
  get promptSteps(): ReportStep[] {
    const turn = this.turns.at(-1);
    const begins = turn?.result === null && this.#onlyBegins(turn);
    return (begins ? turn : this.#begin()).steps;
  }

  #onlyBegins({ steps }: ReportTurn): boolean {
    const isOpening = (step: ReportStep | undefined) =>
      step !== undefined && OPENING.has(step.kind);
    while (isOpening(steps[this.#openingSteps])) this.#openingSteps++;
    return this.#openingSteps === steps.length;
  }

  #begin(): MutableTurn {
    const number = this.turns.length + 1;
    const startMs = number === 1 ? this.#sessionStartMs : null;
    const turn: MutableTurn = { number, steps: [], startMs, endMs: null, result: null };
    this.turns.push(turn);
    this.#openingSteps = 0;
    return turn;
  }

  /** Records when the session started, and with it the first turn. */
  startSession(timeMs: number | null): void {
    this.#sessionStartMs = timeMs;
  }

  /** Records an event. If the main agent has caused it, the current turn was still working at its time. */
  recordWork({ type, parent_tool_use_id: parent, time_ms: timeMs }: RunEvent): void {
    if (parent === undefined && WORK.has(type)) this.#extend(timeMs);
  }

  #extend(timeMs: number | null): void {
    const turn = this.turns.at(-1);
    if (turn === undefined || turn.result !== null || timeMs === null) return;
    turn.startMs ??= timeMs;
    turn.endMs = Math.max(turn.endMs ?? timeMs, timeMs);
  }

  /** Records that the current turn has ended. */
  end(result: EventOf<"result">): void {
    this.#extend(result.time_ms);
    const turn = this.turns.at(-1);
    if (turn !== undefined) turn.result = result;
  }
}

import type { Failure } from "../errors.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { withoutContinuation } from "../util/continuation_hint.ts";
import type { TaskResult } from "./task_result.ts";

/** Collects what the run of a task adds to its result. */
export class RunEnding {
  /** The last event so far. */
  last: RunEvent | undefined;
  #result: EventOf<"result"> | undefined;
  #error: Failure | undefined;
  #exit: EventOf<"exit"> | undefined;

  /** Records an event. */
  record(event: RunEvent): void {
    this.last = event;
    if (event.type === "result") this.#result = event;
    if (event.type === "error") this.#error = event.error;
    if (event.type === "exit") this.#exit = event;
  }

  /** Makes a success a failure. */
  fail({ kind, message, hint }: Failure): void {
    // An error object would lose its message in JSON.
    this.#error ??= { kind, message, ...(hint === undefined ? {} : { hint }) };
    if (this.#exit?.ok) {
      this.#exit = { ...this.#exit, ok: false, code: EXIT_CODES.failed, reason: "failed" };
    }
  }

  /** Removes the command that resumes the session, because its directory is gone. */
  removeResume(): void {
    if (this.#exit !== undefined) {
      const { resume: _, ...exit } = this.#exit;
      this.#exit = exit;
    }
    if (this.#error?.hint !== undefined) {
      const { hint, ...error } = this.#error;
      const advice = withoutContinuation(hint);
      this.#error = advice === "" ? error : { ...error, hint: advice };
    }
  }

  /** Returns the fields of the result. The run must have ended. */
  toResult(): Omit<TaskResult, "id" | "execution" | "started_at" | "ended_at" | "duration_ms"> {
    const exit = this.#exit;
    if (exit === undefined || exit.reason === null) throw new Error("the run has no outcome");
    const { code, reason, session_id, resume, turns, cost_usd, usage, resets_at } = exit;
    return {
      exit: code,
      reason,
      ...(exit.ok ? this.#answer() : {}),
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(session_id === undefined ? {} : { session_id }),
      ...(resume === undefined ? {} : { resume }),
      ...(resets_at === undefined ? {} : { resets_at }),
      turns,
      cost_usd,
      usage,
    };
  }

  #answer() {
    const { answer, structured_output } = this.#result ?? {};
    if (structured_output !== undefined) return { structured_output };
    return answer === undefined ? {} : { answer };
  }
}

import type { Failure } from "../errors.ts";
import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import { EXIT_CODES, UNKNOWN_OUTCOME } from "../exit_codes.ts";
import { omitUndefined } from "../util/json.ts";
import { oneLine } from "../util/one_line.ts";
import { denialNotice } from "./denial_notice.ts";
import { isOutcomeUnknown, type OutcomeInput, resolveFailure } from "./outcome.ts";

/**
 * Yields the last events of a run: the stopped background tasks, the denied calls, the error if there is
 * one, and `exit`.
 */
export function* finalEvents(
  createEvent: EventFactory,
  input: OutcomeInput,
): Generator<RunEvent> {
  const stoppedTasks = input.state.backgroundTasks.stoppedNotice();
  if (stoppedTasks !== undefined) yield createEvent(stoppedTasks);
  const denials = denialNotice(input.state);
  if (denials !== undefined) yield createEvent(denials);
  const failure = resolveFailure(input);
  if (failure === undefined && input.state.result?.answer === "") {
    yield createEvent(EMPTY_ANSWER_NOTICE);
  }
  if (failure === undefined && isOutcomeUnknown(input)) yield createEvent(NO_RESULT_NOTICE);
  if (failure !== undefined) {
    const { kind, message, hint, resets_at } = failure;
    const error = omitUndefined<Failure>({ kind, message: oneLine(message), hint, resets_at });
    yield createEvent({ type: "error", error });
  }
  yield createEvent(exitEvent(input, failure));
}

const EMPTY_ANSWER_NOTICE: EventBody<"notice"> = {
  type: "notice",
  level: "warning",
  kind: "answer",
  text: "claude finished without a text, so the answer is empty",
};

const NO_RESULT_NOTICE: EventBody<"notice"> = {
  type: "notice",
  level: "warning",
  kind: "no_result",
  text: `${UNKNOWN_OUTCOME}: the session ends in the middle of a turn`,
};

function exitEvent(input: OutcomeInput, failure: Failure | undefined): EventBody<"exit"> {
  const { state, resume, signal, claudeExit, stderr, durationMs } = input;
  const { sessionId, numbers } = state;
  const isUnknown = failure === undefined && isOutcomeUnknown(input);
  const reason = isUnknown ? null : failure?.kind ?? "success";
  return omitUndefined<EventBody<"exit">>({
    type: "exit",
    code: EXIT_CODES[reason ?? "success"],
    reason,
    ok: reason === null ? null : reason === "success",
    session_id: sessionId,
    resume,
    signal,
    claude_exit_code: claudeExit?.code,
    claude_signal: claudeExit?.signal,
    stderr: failure === undefined || stderr === "" ? undefined : stderr,
    resets_at: failure?.resets_at,
    ...numbers.total,
    duration_ms: durationMs,
  });
}

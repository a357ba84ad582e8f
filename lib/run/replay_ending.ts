import { isSessionId } from "../claude/session_id.ts";
import type { Failure } from "../errors.ts";
import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { omitUndefined } from "../util/json.ts";
import type { RecordedEnding } from "./event_log_reader.ts";
import { finalEvents } from "./final_events.ts";
import { withOwnCommand } from "./hints.ts";
import { denialFailure, type OutcomeInput } from "./outcome.ts";
import type { RecordingReader } from "./recording_reader.ts";
import { resumeCommand } from "./resume_command.ts";
import type { RunState } from "./run_state.ts";
import { stopReasonOf } from "./stop_reason.ts";

const EMPTY_RECORDING: Failure = {
  kind: "failed",
  message: "the recording is empty",
  hint:
    "record with ccrun --record FILE or ccrun --json, or replay a stored session: ccrun replay last",
};

const MIXED_RECORDING: Failure = {
  kind: "failed",
  message: "the recording begins with an event of ccrun, but contains messages of claude, " +
    "so its ending may be forged",
  hint: "replay the two streams separately",
};

/** Options for {@linkcode replayEnding}. */
export interface ReplayEndingOptions {
  /** Why the recording could not be read. */
  readonly failure: Failure | undefined;
  readonly failOnDenied?: boolean | undefined;
  /** Whether the replay was stopped, and why. */
  readonly signal?: AbortSignal | undefined;
}

/** Yields the last events of a replay: what is still unread, and how the recorded run ended. */
export function* replayEnding(
  reader: RecordingReader,
  { failure: readFailure, failOnDenied = false, signal }: ReplayEndingOptions,
): Generator<RunEvent, void> {
  yield* reader.end();
  const failure = readFailure ??
    (reader.isEmpty ? EMPTY_RECORDING : reader.isMixed ? MIXED_RECORDING : undefined);
  const stop = signal?.aborted ? stopReasonOf(signal) : { failure };
  const { createEvent, state, transcript } = reader;
  const isStored = transcript !== undefined;
  const input = {
    ...stop,
    state,
    failOnDenied,
    mayLackResult: isStored,
    // Only the replay was stopped. The run can still be in progress.
    resume: signal?.aborted ? undefined : resumeReplayed(state, isStored),
    durationMs: transcript?.durationMs ?? null,
  };
  if (reader.ending !== undefined && input.failure === undefined) {
    const resume = resumeRecorded(reader.ending, state);
    yield* recordedEnding(createEvent, reader.ending, { ...input, resume });
  } else {
    yield* finalEvents(createEvent, input);
  }
}

/** Returns how to resume the recorded session. A recording without a result can be incomplete. */
function resumeReplayed(
  { sessionId, cwd, result }: RunState,
  isStored: boolean,
): string | undefined {
  if (sessionId === undefined || !isSessionId(sessionId)) return undefined;
  if (result === undefined && !isStored) return undefined;
  return resumeCommand({ sessionId, directory: cwd });
}

/**
 * Returns how to resume the session of a recorded run, if it was stored. The recorded command is not
 * repeated, because a reader pastes it, and it can contain any options.
 */
function resumeRecorded({ exit }: RecordedEnding, { cwd }: RunState): string | undefined {
  const { resume, session_id: sessionId } = exit;
  if (resume === undefined || sessionId === undefined || !isSessionId(sessionId)) return undefined;
  return resumeCommand({ sessionId, directory: cwd });
}

/** Yields the ending of a recorded run. Only a denied call can still turn a success into a failure. */
function* recordedEnding(
  createEvent: EventFactory,
  ending: RecordedEnding,
  input: OutcomeInput,
): Generator<RunEvent> {
  const { seq: _, time_ms, ...exit } = ending.exit;
  const { resume } = input;
  const hasFailed = exit.reason !== "success" && exit.reason !== null;
  const denied = hasFailed ? undefined : denialFailure(input);
  const reason = denied?.kind ?? exit.reason;
  if (reason !== "success" && reason !== null) {
    const recorded: Omit<Failure, "kind"> = ending.error?.error ??
      { message: `the run ended with ${reason}` };
    const failure = denied ?? omitUndefined<Failure>({
      ...recorded,
      kind: reason,
      hint: withOwnCommand(recorded.hint, resume),
    });
    const event = createEvent({ type: "error", error: failure });
    yield { ...event, time_ms: ending.error?.time_ms ?? time_ms };
  }
  // The table decides the code, whatever the recording contains.
  const code = EXIT_CODES[reason ?? "success"];
  const outcome = { code, reason, ok: reason === null ? null : reason === "success" };
  const body = omitUndefined<EventBody<"exit">>({ ...exit, ...outcome, resume });
  yield { ...createEvent(body), time_ms };
}

import { isSessionId } from "../claude/session_id.ts";
import type { Failure } from "../errors.ts";
import { createEventFactory, type EventBody, type EventFactory, type RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { oneObjectPerLine } from "../stream/json_layout.ts";
import { toLines } from "../stream/lines.ts";
import { tap } from "../stream/tap.ts";
import { toUtf8 } from "../stream/utf8.ts";
import { describeReadError } from "../util/file_errors.ts";
import { omitUndefined } from "../util/json.ts";
import type { AnswerScope } from "./answer.ts";
import type { RecordedEnding } from "./event_log_reader.ts";
import { finalEvents } from "./final_events.ts";
import { withOwnCommand } from "./hints.ts";
import { LingerTimer } from "./linger_timer.ts";
import { denialFailure, type OutcomeInput } from "./outcome.ts";
import { RecordingReader } from "./recording_reader.ts";
import { resumeCommand } from "./resume_command.ts";
import type { RunState } from "./run_state.ts";
import { stopReasonOf } from "./stop_reason.ts";

/** Options for {@linkcode replay}. */
export interface ReplayOptions {
  /** Whether a denied tool call fails the replay. @default {false} */
  readonly failOnDenied?: boolean | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
  /** Whether to yield text as it was generated. @default {true} */
  readonly partial?: boolean | undefined;
  /**
   * How long the recording may still continue when its last run is over, in milliseconds. Then the replay
   * ends, for example of a pipe that stays open. @default until its end
   */
  readonly lingerMs?: number | undefined;
  /** Receives each chunk of the recording before its events. Reading continues when it resolves. */
  readonly onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Stops the replay. Its reason may be a `StopReason`. */
  readonly signal?: AbortSignal | undefined;
}

const EMPTY_RECORDING: Failure = {
  kind: "failed",
  message: "the recording is empty",
  hint: "record with ccrun --record FILE, ccrun --json, or " +
    "claude -p --output-format stream-json --verbose",
};

const MIXED_RECORDING: Failure = {
  kind: "failed",
  message: "the recording begins with an event of ccrun, but contains messages of claude, " +
    "so its ending may be forged",
  hint: "replay the two streams separately",
};

/**
 * Yields the events of a recorded stream. The messages of Claude Code pass through the code that a run
 * uses and get no times. The events of `ccrun --json` keep theirs.
 *
 * @param bytes the recording; a read error becomes an `error` event
 *
 * @example
 * ```ts
 * import { replay } from "./replay.ts";
 *
 * const recording = new Blob(['{"type":"result","subtype":"success","result":"hi"}']);
 * for await (const event of replay(recording.stream())) console.log(event.type);
 * // start, result, exit
 * ```
 */
export async function* replay(
  bytes: ReadableStream<Uint8Array>,
  options: ReplayOptions = {},
): AsyncGenerator<RunEvent, void, void> {
  const { failOnDenied = false, lingerMs, onOutput, signal } = options;
  const createEvent = createEventFactory(() => null);
  const reader = new RecordingReader({ createEvent, ...options });
  let failure: Failure | undefined;
  const over = new AbortController();
  const timer = new LingerTimer({ ms: lingerMs, onOver: () => over.abort() });
  const source = onOutput === undefined
    ? bytes
    : bytes.pipeThrough(tap((chunk) => timer.waitForReader(onOutput(chunk))));
  const objects = source.pipeThrough(toUtf8()).pipeThrough(oneObjectPerLine());
  const signals = signal === undefined ? [over.signal] : [over.signal, signal];
  try {
    for await (const line of toLines(objects, { signal: AbortSignal.any(signals) })) {
      timer.stop();
      for (const event of reader.read(line)) yield event;
      timer.start(reader.endsAt);
    }
  } catch (error) {
    if (!over.signal.aborted) failure = readFailure(error);
  } finally {
    timer.stop();
  }
  for (const event of reader.end()) yield event;
  if (reader.isEmpty) failure ??= EMPTY_RECORDING;
  if (reader.isMixed) failure ??= MIXED_RECORDING;
  const stop = signal?.aborted ? stopReasonOf(signal) : { failure };
  const { state } = reader;
  const input = { ...stop, state, failOnDenied, resume: resumeReplayed(state), durationMs: null };
  if (reader.ending !== undefined && input.failure === undefined) {
    const resume = resumeRecorded(reader.ending, state);
    yield* recordedEnding(createEvent, reader.ending, { ...input, resume });
  } else {
    yield* finalEvents(createEvent, input);
  }
}

/** Returns how to resume the recorded session. A recording without a result can be incomplete. */
function resumeReplayed({ sessionId, cwd, result }: RunState): string | undefined {
  if (sessionId === undefined || !isSessionId(sessionId) || result === undefined) return undefined;
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
  const denied = exit.reason === "success" ? denialFailure(input) : undefined;
  const reason = denied?.kind ?? exit.reason;
  if (reason !== "success") {
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
  const outcome = { code: EXIT_CODES[reason], reason, ok: reason === "success" };
  const body = omitUndefined<EventBody<"exit">>({ ...exit, ...outcome, resume });
  yield { ...createEvent(body), time_ms };
}

function readFailure(error: unknown): Failure {
  return {
    kind: "usage",
    message: `cannot read the recording: ${describeReadError(error)}`,
    hint: "name a file, or pipe one in",
  };
}

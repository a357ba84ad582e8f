import { Normalizer } from "../claude/normalizer.ts";
import { finalEvents, resolveFailure, type RunOutcomeInput } from "./final_events.ts";
import {
  createEventFactory,
  type EventFactory,
  type EventOf,
  type RunEvent,
  SCHEMA_ID,
} from "../events.ts";
import { RunState } from "./run_state.ts";
import { describeReadError } from "../util/file_errors.ts";
import { EXIT_CODES, type FailureReason } from "../exit_codes.ts";
import type { Failure } from "../errors.ts";
import { stopReasonOf } from "./stop_reason.ts";
import { createEventLogReader, type EventLogReader, isCcrunEvent } from "./event_log_reader.ts";
import type { Line } from "../stream/line_splitter.ts";
import { readLines } from "../stream/read_lines.ts";
import { VERSION } from "../version.ts";
import { TRUNCATION_MARK } from "../util/truncate.ts";

/** Options of {@linkcode replay}. */
export interface ReplayOptions {
  /** A refused tool makes the outcome a failure. @default {false} */
  failOnDenied?: boolean;
  /** Whether text is wanted as it was generated, and the tokens of each message. @default {true} */
  partial?: boolean | undefined;
  /** Stops reading; the outcome is then its reason, which may be a `StopReason`. */
  signal?: AbortSignal;
}

/**
 * The events of a recorded stream: Claude Code's, with the same code as a run and without times,
 * for such a recording has none; or ccrun's own, which stay as they are.
 *
 * @param bytes what `claude --output-format stream-json` or `ccrun --json` wrote; that it cannot be read
 * comes as an `error` event, like all that goes wrong
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
  for await (const events of replayBatches(bytes, options)) {
    for (const event of events) yield event;
  }
}

/** As {@linkcode replay}; of each chunk of the recording all events at once, which takes half the time. */
export async function* replayBatches(
  bytes: ReadableStream<Uint8Array>,
  options: ReplayOptions = {},
): AsyncGenerator<RunEvent[], void, void> {
  const stamp = createEventFactory(() => null);
  const facts = new RunState();
  const { signal, failOnDenied = false, partial } = options;
  // A copy that can be stopped also while nothing comes.
  const source = signal === undefined
    ? bytes
    : bytes.pipeThrough(new TransformStream(), { signal });
  const recorded = recordedLines(source);
  let own: EventLogReader | undefined;
  let failed: Failure | undefined;
  try {
    const opening: Opening = { lines: [], rest: [] };
    const isOwn = await readOpening(recorded, opening).catch((error) => {
      failed = unreadable(error);
    });
    // A stream of ccrun's own has its start, unless somebody took it out.
    const [message] = opening.lines.slice(-1);
    const hasStart = isOwn === true && message !== undefined && message.text.startsWith(OWN_START);
    if (isOwn) own = createEventLogReader(stamp, { hasStarted: !hasStart, partial });
    const normalizer = new Normalizer({ stamp, partial });
    const reader = own ?? {
      read: ({ text, truncated }: Line) =>
        normalizer.read(truncated ? text + TRUNCATION_MARK : text),
    };
    const read = (lines: readonly Line[], events: RunEvent[] = []) => {
      for (const line of lines) {
        for (const event of reader.read(line)) {
          facts.record(event);
          events.push(event);
        }
      }
      return events;
    };
    // Nothing comes before the start.
    if (hasStart) opening.lines.unshift(...opening.lines.splice(-1));
    const first = read(opening.lines, hasStart ? [] : [startOf(stamp)]);
    yield read(opening.rest, first);
    try {
      for await (const lines of recorded) yield read(lines);
    } catch (error) {
      failed = unreadable(error);
    }
    if (opening.lines.length === 0) failed ??= EMPTY;
  } finally {
    await recorded.return();
  }
  const cause = signal?.aborted ? stopReasonOf(signal) : undefined;
  const ending: RunOutcomeInput = {
    facts,
    known: {
      failed,
      stopped: cause && { cause, afterResult: false },
    },
    failOnDenied,
    durationMs: null,
  };
  if (own?.ending !== undefined && cause === undefined && failed === undefined) {
    yield [...ownEnding(stamp, own.ending, ending)];
  } else {
    yield [...finalEvents(stamp, ending)];
  }
}

/** The lines of a recording, without those that ccrun adds to claude's in the raw format. */
async function* recordedLines(
  source: ReadableStream<Uint8Array>,
): AsyncGenerator<Line[], void, void> {
  for await (const lines of readLines(source)) {
    // Most chunks have none.
    yield lines.some(isOwnLine) ? lines.filter((line) => !isOwnLine(line)) : lines;
  }
}

/** How a recording begins. */
interface Opening {
  /** The lines to the first message. */
  readonly lines: Line[];
  /** What was read behind it. */
  rest: Line[];
}

/** How many lines may come before the first message, of a package manager or a shell. */
const MAX_OPENING_LINES = 100;

/**
 * Reads until it is known whose stream it is.
 *
 * @param opening gets the lines
 * @returns whether it is ccrun's own
 */
async function readOpening(recorded: AsyncGenerator<Line[]>, opening: Opening): Promise<boolean> {
  while (true) {
    const { done, value } = await recorded.next();
    if (done) return false;
    for (const [index, line] of value.entries()) {
      opening.lines.push(line);
      const isOwn = line.truncated ? undefined : isCcrunEvent(line.text);
      if (isOwn === undefined && opening.lines.length < MAX_OPENING_LINES) continue;
      opening.rest = value.slice(index + 1);
      return isOwn ?? false;
    }
  }
}

function startOf(stamp: EventFactory): RunEvent {
  return stamp({
    type: "start",
    schema: SCHEMA_ID,
    ccrun: VERSION,
    time: null,
    claude: null,
    cwd: null,
  });
}

/** The ending that a stream of ccrun's own tells; only what it was not asked for can still make it fail. */
function* ownEnding(
  stamp: EventFactory,
  { error, exit }: NonNullable<EventLogReader["ending"]>,
  facts: RunOutcomeInput,
): Generator<RunEvent> {
  const denied = exit.ok && facts.failOnDenied ? resolveFailure(facts) : undefined;
  const { seq: _, time_ms, ...body } = exit;
  if (denied?.kind === "denied") {
    const { kind, message, hint } = denied;
    yield stamp({
      type: "error",
      error: hint === undefined ? { kind, message } : { kind, message, hint },
    });
    const code = EXIT_CODES.denied;
    yield { ...stamp({ ...body, code, reason: kind, ok: false }), time_ms };
    return;
  }
  if (!exit.ok) {
    const said = error?.error ??
      { kind: failureReason(exit), message: `the run ended with ${exit.reason}` };
    const at = error?.time_ms ?? time_ms;
    yield {
      ...stamp({ type: "error", error: { ...said, kind: failureReason(exit) } }),
      time_ms: at,
    };
  }
  yield { ...stamp(body), time_ms };
}

function failureReason({ reason }: EventOf<"exit">): FailureReason {
  return reason === "success" ? "failed" : reason;
}

/** Whether it is a line that ccrun adds to claude's in the raw format. */
function isOwnLine({ text }: Line): boolean {
  return text.startsWith('{"source":"ccrun",');
}

/** How ccrun's own stream begins. */
const OWN_START = '{"type":"start",';

const EMPTY: Failure = {
  kind: "failed",
  message: "the recording is empty",
  hint:
    "make one by ccrun --record FILE, ccrun --json, or claude -p --output-format stream-json --verbose",
};

function unreadable(error: unknown): Failure {
  return {
    kind: "usage",
    message: `the recording cannot be read: ${describeReadError(error)}`,
    hint: "name a file, or pipe one in",
  };
}

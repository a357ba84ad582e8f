import { Normalizer } from "./claude/normalizer.ts";
import { endingEvents, type EndingFacts, failureOf } from "./ending.ts";
import { type EventOf, makeStamp, type RunEvent, SCHEMA_ID, type Stamp } from "./events.ts";
import { Facts } from "./facts.ts";
import { osReason } from "./file_error.ts";
import { EXIT_CODES, type Failure, type FailureReason } from "./outcome.ts";
import { isOwnEvent, isOwnStart, makeOwnEvents, type OwnEvents } from "./own_events.ts";
import { stopCauseOf } from "./run.ts";
import { readLines } from "./stream/read_lines.ts";
import { VERSION } from "./version.ts";

/** Options of {@linkcode replay}. */
export interface ReplayOptions {
  /** A refused tool makes the outcome a failure. @default {false} */
  failOnDenied?: boolean;
  /** Stops reading; the outcome is then its reason, which may be a `StopCause`. */
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
  const stamp = makeStamp(() => null);
  const facts = new Facts();
  const { signal, failOnDenied = false } = options;
  // A copy that can be stopped also while nothing comes.
  const source = signal === undefined
    ? bytes
    : bytes.pipeThrough(new TransformStream(), { signal });
  let own: OwnEvents | undefined;
  let normalizer: Normalizer | undefined;
  let failed: Failure | undefined;
  try {
    for await (const line of readLines(source)) {
      // What ccrun adds to the raw format.
      if (line.text.startsWith(OWN_LINE)) continue;
      if (own === undefined && normalizer === undefined) {
        if (isOwnEvent(line.text)) {
          own = makeOwnEvents(stamp);
        } else {
          normalizer = new Normalizer({ stamp });
        }
        // A stream of ccrun's own has it already, unless somebody took it out.
        if (own === undefined || !isOwnStart(line.text)) yield startOf(stamp);
      }
      for (const event of (own ?? normalizer)?.read(line) ?? []) {
        facts.take(event);
        yield event;
      }
    }
    if (own === undefined && normalizer === undefined) failed = EMPTY;
  } catch (error) {
    failed = unreadable(error);
  }
  if (own === undefined && normalizer === undefined) yield startOf(stamp);
  const cause = signal?.aborted ? stopCauseOf(signal) : undefined;
  const ending: EndingFacts = {
    facts,
    known: {
      failed,
      stopped: cause && { cause, afterResult: false },
    },
    failOnDenied,
    durationMs: null,
  };
  if (own?.ending !== undefined && cause === undefined && failed === undefined) {
    yield* ownEnding(stamp, own.ending, ending);
  } else {
    yield* endingEvents(stamp, ending);
  }
}

function startOf(stamp: Stamp): RunEvent {
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
  stamp: Stamp,
  { error, exit }: NonNullable<OwnEvents["ending"]>,
  facts: EndingFacts,
): Generator<RunEvent> {
  const denied = exit.ok && facts.failOnDenied ? failureOf(facts) : undefined;
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

/** How the lines begin that ccrun adds to claude's in the raw format. */
const OWN_LINE = '{"source":"ccrun",';

const EMPTY: Failure = {
  kind: "failed",
  message: "the recording is empty",
  hint:
    "make one: ccrun --record FILE, ccrun --json, or claude -p --output-format stream-json --verbose",
};

function unreadable(error: unknown): Failure {
  return {
    kind: "usage",
    message: `the recording cannot be read: ${osReason(error)}`,
    hint: "name a file, or pipe one in",
  };
}

import { Normalizer } from "./claude/normalizer.ts";
import { endingEvents } from "./ending.ts";
import { makeStamp, type RunEvent, SCHEMA_ID } from "./events.ts";
import { Facts } from "./facts.ts";
import { osReason } from "./file_error.ts";
import type { Failure } from "./outcome.ts";
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
 * The events of a recorded stream of Claude Code's, with the same code as a run.
 * Times are null, for a recording has none.
 *
 * @param bytes what `claude --output-format stream-json` wrote; that it cannot be read
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
  const normalizer = new Normalizer({ stamp });
  yield stamp({
    type: "start",
    schema: SCHEMA_ID,
    ccrun: VERSION,
    time: null,
    claude: null,
    cwd: null,
  });
  const { signal, failOnDenied = false } = options;
  // A copy that can be stopped also while nothing comes.
  const source = signal === undefined
    ? bytes
    : bytes.pipeThrough(new TransformStream(), { signal });
  let isEmpty = true;
  let failed: Failure | undefined;
  try {
    for await (const line of readLines(source)) {
      // What ccrun adds to the raw format.
      if (line.text.startsWith(OWN_LINE)) continue;
      if (isEmpty && line.text.startsWith(OWN_START)) {
        failed = OWN_EVENTS;
        isEmpty = false;
        break;
      }
      isEmpty = false;
      for (const event of normalizer.read(line)) {
        facts.take(event);
        yield event;
      }
    }
    if (isEmpty) failed = EMPTY;
  } catch (error) {
    failed = unreadable(error);
  }
  const cause = signal?.aborted ? stopCauseOf(signal) : undefined;
  yield* endingEvents(stamp, {
    facts,
    known: {
      failed,
      stopped: cause && { cause, afterResult: false },
    },
    failOnDenied,
    durationMs: null,
  });
}

/** How the lines begin that ccrun adds to claude's in the raw format. */
const OWN_LINE = '{"source":"ccrun",';

/** How ccrun's own events begin. */
const OWN_START = '{"type":"start","seq":0,';

const OWN_EVENTS: Failure = {
  kind: "usage",
  message: "these are ccrun's own events, and replay takes claude's stream",
  hint: "keep that with --record FILE, or --format raw",
};

const EMPTY: Failure = {
  kind: "failed",
  message: "the recording is empty",
  hint: "make one: ccrun --record FILE, or claude -p --output-format stream-json --verbose",
};

function unreadable(error: unknown): Failure {
  return {
    kind: "usage",
    message: `the recording cannot be read: ${osReason(error)}`,
    hint: "name a file, or pipe one in",
  };
}

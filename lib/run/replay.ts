import type { Failure } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import type { GrowingFileOptions } from "../stream/growing_file.ts";
import { oneObjectPerLine } from "../stream/json_layout.ts";
import { toLines } from "../stream/lines.ts";
import { tap } from "../stream/tap.ts";
import { toUtf8 } from "../stream/utf8.ts";
import { describeReadError } from "../util/file_errors.ts";
import { RecentIds } from "../util/recent_ids.ts";
import type { AnswerScope } from "./answer.ts";
import type { SessionEntry } from "./entry_source.ts";
import { LingerTimer } from "./linger_timer.ts";
import { RecordingReader } from "./recording_reader.ts";
import { replayEnding } from "./replay_ending.ts";
import { SessionEnd } from "./session_end.ts";
import { readSessionEntries } from "./session_entries.ts";

/** Options that all replays have. */
export interface CommonReplayOptions {
  /** Whether a denied tool call fails the replay. @default {false} */
  readonly failOnDenied?: boolean | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
  /** Whether to yield text as it was generated. @default {true} */
  readonly partial?: boolean | undefined;
  /** Stops the replay. Its reason may be a `StopReason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for {@linkcode replay}. */
export interface ReplayOptions extends CommonReplayOptions {
  /**
   * How long the recording may still continue when its last run is over, in milliseconds. Then the replay
   * ends, for example of a pipe that stays open. @default until its end
   */
  readonly lingerMs?: number | undefined;
  /** Receives each chunk of the recording before its events. Reading continues when it resolves. */
  readonly onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/**
 * Yields the events of a recorded stream. The messages of Claude Code pass through the code that a run
 * uses, and have the times that they state. The events of `ccrun --json` keep theirs.
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
  const { lingerMs, onOutput, signal } = options;
  const reader = new RecordingReader(options);
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
    if (!over.signal.aborted) failure = readFailure("recording", error);
  } finally {
    timer.stop();
  }
  yield* replayEnding(reader, { ...options, failure });
}

/** Options for {@linkcode replaySession}. */
export interface ReplaySessionOptions
  extends CommonReplayOptions, Pick<GrowingFileOptions, "onChange"> {
  /** Whether to go on until the run that writes the transcript is over. @default {false} */
  readonly follow?: boolean | undefined;
}

/**
 * Yields the events of a stored session: those of its runs one after the other, with the prompts, and with
 * the events of its subagents. A session whose last turn has no end does not tell how it ended: its
 * `exit` has null as its reason.
 *
 * @param path the transcript; a read error becomes an `error` event
 *
 * @example
 * ```ts
 * import { replaySession } from "./replay.ts";
 *
 * for await (const event of replaySession("/no/such/session.jsonl")) console.log(event.type);
 * // start, error, exit
 * ```
 */
export async function* replaySession(
  path: string,
  options: ReplaySessionOptions = {},
): AsyncGenerator<RunEvent, void, void> {
  const { signal = new AbortController().signal, follow = false, onChange } = options;
  const reader = new RecordingReader(options);
  const end = follow ? new SessionEnd(path) : undefined;
  const known = new RecentIds();
  const isOver = end && (() => end.isReached(reader.transcript?.isComplete ?? false));
  let failure: Failure | undefined;
  try {
    for await (const entry of readSessionEntries(path, { signal, isOver, onChange })) {
      if (signal.aborted) break;
      if (follow && isRepeated(entry, known)) continue;
      end?.recordGrowth();
      for (const event of reader.read(entry)) yield event;
    }
  } catch (error) {
    failure = readFailure("session", error);
  }
  yield* replayEnding(reader, { ...options, failure });
}

/** Returns whether an entry was read before. A transcript that is written again repeats its entries. */
function isRepeated(entry: SessionEntry, known: RecentIds): boolean {
  const uuid = typeof entry === "object" ? entry["uuid"] : undefined;
  return typeof uuid === "string" && !known.add(uuid);
}

function readFailure(what: "recording" | "session", error: unknown): Failure {
  return {
    kind: "usage",
    message: `cannot read the ${what}: ${describeReadError(error)}`,
    hint: what === "session" ? "name the transcript of a session" : "name a file, or pipe one in",
  };
}

import { Normalizer } from "./claude/normalizer.ts";
import { endingEvents } from "./ending.ts";
import { makeStamp, type RunEvent, SCHEMA_ID } from "./events.ts";
import { Facts } from "./facts.ts";
import { readLines } from "./stream/read_lines.ts";
import { VERSION } from "./version.ts";

/** Options of {@linkcode replay}. */
export interface ReplayOptions {
  /** A refused tool makes the outcome a failure. @default {false} */
  failOnDenied?: boolean;
}

/**
 * The events of a recorded stream of Claude Code's, with the same code as a run.
 * Times are null, for a recording has none.
 *
 * @param bytes what `claude --output-format stream-json` wrote
 * @throws what `bytes` throws when it cannot be read
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
  for await (const line of readLines(bytes)) {
    for (const event of normalizer.read(line)) {
      facts.take(event);
      yield event;
    }
  }
  yield* endingEvents(stamp, {
    facts,
    failOnDenied: options.failOnDenied ?? false,
    durationMs: null,
  });
}

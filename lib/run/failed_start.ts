import type { Failure } from "../errors.ts";
import { createEventFactory, type RunEvent, startBody } from "../events.ts";
import type { StopSignal } from "../exit_codes.ts";
import { finalEvents } from "./final_events.ts";
import { RunState } from "./run_state.ts";

/** Why a run did not start. */
export interface FailedStart {
  readonly failure: Failure;
  /** The working directory, if it is known. */
  readonly cwd?: string | undefined;
  /** The signal that ccrun received, if that is why. */
  readonly signal?: StopSignal | undefined;
}

/** Yields the events of a run that did not start: `start`, `error` and `exit`. */
export function* failedStartEvents(
  { failure, cwd, signal }: FailedStart,
): Generator<RunEvent, void, void> {
  const createEvent = createEventFactory(() => 0);
  const time = new Date().toISOString();
  yield createEvent(startBody({ time, claude: null, cwd: cwd ?? null }));
  yield* finalEvents(createEvent, { state: new RunState(), failure, signal, durationMs: 0 });
}

/**
 * Returns the events that end a run after an error that it did not report.
 *
 * @param last the last event of the run; undefined if it did not start
 */
export function endingEvents(last: RunEvent | undefined, failure: Failure): Iterable<RunEvent> {
  if (last === undefined) return failedStartEvents({ failure });
  if (last.type === "exit") return [];
  const createEvent = createEventFactory(() => last.time_ms, last.seq + 1);
  return finalEvents(createEvent, { state: new RunState(), failure, durationMs: last.time_ms });
}

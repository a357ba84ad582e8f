import type { EventBody, EventOf } from "../events.ts";
import { formatDuration } from "../util/duration.ts";
import type { Stop } from "./stop_policy.ts";

/** Returns the notice that claude takes long to exit. */
export function stoppingNotice(stop: Stop, graceMs: number): EventBody<"notice"> {
  const kill = stop.cause.signal === undefined ? "" : "; a second signal kills it";
  const text = `claude has ${formatDuration(graceMs)} to exit${kill}`;
  return { type: "notice", level: "info", kind: "stopping", text };
}

/** Returns the notice that claude was stopped although its result is valid, if that is the case. */
export function stoppedNotice(stop: Stop | undefined): EventBody<"notice"> | undefined {
  if (stop === undefined || stop.failure !== undefined) return undefined;
  const text = `${stop.cause.failure.message}; the result is valid`;
  return { type: "notice", level: "info", kind: "stopped", text };
}

/** Returns the notice that replaces a result which is not the outcome, because claude was stopped. */
export function lateResultNotice(result: EventOf<"result">): EventOf<"notice"> {
  const { seq, time_ms } = result;
  const text = `${result.subtype}: ${result.text}`;
  return { type: "notice", seq, time_ms, level: "info", kind: "late_result", text };
}

import type { EventBody } from "../events.ts";
import { formatDuration } from "../util/duration.ts";

/** Returns the notice that claude has produced no output since its start. */
export function silenceNotice(ms: number): EventBody<"notice"> {
  const text = `claude has produced no output for ${formatDuration(ms)}`;
  return { type: "notice", level: "warning", kind: "silent", text };
}

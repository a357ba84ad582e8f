import type { EventOf } from "../../events.ts";
import { describeRetry, describeWait } from "../../util/event_text.ts";
import type { ReportWait } from "../report.ts";

/** Returns the wait before an API request is sent again. */
export function waitOfRetry(event: EventOf<"retry">, stepNumber: number): ReportWait {
  const { time_ms: startMs, delay_ms: delayMs } = event;
  const endMs = startMs === null ? null : startMs + delayMs;
  return { cause: "api", startMs, endMs, stepNumber, text: describeRetry(event) };
}

/** Returns the wait before the session is resumed. */
export function waitOfRun(
  event: EventOf<"waiting">,
  startTime: string | null,
  stepNumber: number,
): ReportWait {
  const { time_ms: startMs, until, reason } = event;
  const endMs = startTime === null || startMs === null
    ? null
    : Math.max(startMs, Date.parse(until) - Date.parse(startTime));
  const cause = reason === "quota" ? "limit" : "api";
  return { cause, startMs, endMs, stepNumber, text: describeWait(event) };
}

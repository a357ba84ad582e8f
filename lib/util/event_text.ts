/**
 * The texts of events that several outputs show in the same words.
 *
 * @module
 */

import type { EventOf } from "../events.ts";
import { joinTexts } from "./join_texts.ts";
import { trimLineEnds } from "./lines.ts";
import { stringifySafe } from "./safe_json.ts";

/** Returns the answer of a result with one newline at its end; empty if there is none. */
export function answerOf(result: EventOf<"result">): string {
  const { structured_output: output, answer = result.text } = result;
  if (output !== undefined) return `${stringifySafe(output)}\n`;
  return answer.trim() === "" ? "" : `${trimLineEnds(answer)}\n`;
}

/** Describes a rate limit: its status and kind, how much is used, and when it resets. */
export function describeRateLimit(event: EventOf<"rate_limit">): string {
  const { status, kind, utilization, resets_at: resetsAt } = event;
  const parts = [status.replaceAll("_", " ")];
  if (kind !== undefined) parts.push(kind.replaceAll("_", " "));
  if (utilization !== undefined) parts.push(`${Math.round(utilization * 100)}% used`);
  if (resetsAt !== undefined) parts.push(`until ${resetsAt}`);
  return parts.join(", ");
}

/** Describes a wait: how long it lasts, and why. */
export function describeWait(
  { until, message, attempt, max_attempts }: EventOf<"waiting">,
): string {
  const next = attempt === undefined ? "" : ` before attempt ${attempt}/${max_attempts}`;
  return `until ${until}${next}: ${message}`;
}

/** Describes a retry: its reason and the status of the response, or the connection that failed. */
export function describeRetry(event: EventOf<"retry">): string {
  if (!isConnectionError(event)) return withHttpStatus(event.reason, event.http_status);
  const { address = "the API", proxy } = event;
  const through = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  return `connection to ${address}${through} failed`;
}

/** Returns whether a request failed because there was no response, or because it broke off. */
export function isConnectionError({ reason, http_status: status }: EventOf<"retry">): boolean {
  return reason === "unknown" && status === undefined;
}

/** Returns the reason of a failed request with the status of the response, if there was one. */
export function withHttpStatus(reason: string, status: number | undefined): string {
  return status === undefined ? reason : `${reason} (HTTP ${status})`;
}

/** Describes a task: what it does and how it went, or its ID if neither is known. */
export function describeTask(event: EventOf<"task">): string {
  const { description, summary, task_id: id } = event;
  return joinTexts([...new Set([description, summary])], ": ") || id;
}

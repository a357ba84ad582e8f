import type { EventOf } from "../events.ts";

/** Describes a rate limit: its status and kind, how much is used, and when it resets. */
export function describeRateLimit(event: EventOf<"rate_limit">): string {
  const { status, kind, utilization, resets_at: resetsAt } = event;
  const parts = [status.replaceAll("_", " ")];
  if (kind !== undefined) parts.push(kind.replaceAll("_", " "));
  if (utilization !== undefined) parts.push(`${Math.round(utilization * 100)}% used`);
  if (resetsAt !== undefined) parts.push(`until ${resetsAt}`);
  return parts.join(", ");
}

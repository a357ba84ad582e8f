import { assert } from "@std/assert";
import type { EventOf, EventType, RunEvent } from "../../lib/events.ts";

/** Returns the events of one type. */
export function eventsOfType<K extends EventType>(
  events: readonly RunEvent[],
  type: K,
): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> & RunEvent => event.type === type);
}

/** Returns the last event. */
export function exitOf(events: readonly RunEvent[]): EventOf<"exit"> {
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  return exit;
}

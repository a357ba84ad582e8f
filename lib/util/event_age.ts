import type { RunEvent } from "../events.ts";

/** Returns how long ago an event happened, in milliseconds; 0 if that is not known. */
export type EventAge = (event: RunEvent) => number;

/** Returns a function for the events of a run in progress. It needs all of them. */
export function createEventAge(now: () => number = Date.now): EventAge {
  let startMs = NaN;
  return (event) => {
    if (event.type === "start") startMs = Date.parse(event.time ?? "");
    const ageMs = now() - startMs - (event.time_ms ?? NaN);
    return ageMs > 0 ? ageMs : 0;
  };
}

import type { RunEvent } from "../events.ts";

/**
 * Shows a run in one format. A renderer receives every event in order. The first is `start` and the last
 * is `exit`.
 */
export interface Renderer {
  /** Shows an event. Does not wait: its output goes to a {@linkcode BufferedWriter}. */
  event(event: RunEvent): void;
}

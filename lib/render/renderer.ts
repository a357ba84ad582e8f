import type { RunEvent } from "../events.ts";

/**
 * One way of showing a run. Outputs are given every event in order, the first is
 * `start` and the last is `exit`.
 */
export interface Renderer {
  /** Takes an event. Must not block: what it writes goes into a {@linkcode BufferedWriter}. */
  event(event: RunEvent): void;
}

import type { BatchEvent } from "../../batch/events.ts";

/** Shows a batch in one format. A renderer receives every event in order. */
export interface BatchRenderer {
  /** Shows an event. Does not wait: its output goes to a {@linkcode BufferedWriter}. */
  event(event: BatchEvent): void;
  /** Prints a message of ccrun. */
  printMessage(text: string): void;
  /** Removes what is painted, if the batch ends without its last event. */
  close?(): void;
}

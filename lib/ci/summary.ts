import type { RunEvent } from "../events.ts";
import { SummaryCollector } from "./summary/collector.ts";
import { renderSummary } from "./summary/page.ts";

/** A run as a page of Markdown. */
export interface Summary {
  /** Adds an event. */
  event(event: RunEvent): void;
  /**
   * Returns the page for the events so far.
   *
   * @param maxBytes the maximum size in UTF-8, by default a little less than GitHub accepts
   */
  markdown(maxBytes?: number): string;
  /** The page of the change that was published last, for example of a pull request. */
  readonly changeUrl: string | undefined;
}

/** GitHub accepts 1 MiB for a step. */
const DEFAULT_MAX_BYTES = 1_000_000;

/**
 * Creates a {@linkcode Summary}. It keeps a limited amount of data, however long the run is.
 *
 * @param home the home directory, shown as `~`
 *
 * @example
 * ```ts
 * import { createSummary } from "./summary.ts";
 * import { replay } from "../run/replay.ts";
 *
 * const summary = createSummary();
 * const recording = new Blob(['{"type":"result","subtype":"success","result":"hi"}']);
 * for await (const event of replay(recording.stream())) summary.event(event);
 * console.log(summary.markdown().includes("> hi")); // true
 * ```
 */
export function createSummary(home?: string): Summary {
  const collector = new SummaryCollector(home);
  return {
    event: (event) => collector.record(event),
    markdown: (maxBytes = DEFAULT_MAX_BYTES) => renderSummary(collector.data, maxBytes),
    get changeUrl() {
      return collector.data.changes[0];
    },
  };
}

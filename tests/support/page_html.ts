import type { RunEvent } from "../../lib/events.ts";
import { createHtmlRenderer } from "../../lib/render/html/html_renderer.ts";
import { makeKeptSink } from "./kept_writer.ts";

/** Returns the page of a session. */
export function pageHtml(events: readonly RunEvent[]): string {
  const sink = makeKeptSink();
  const renderer = createHtmlRenderer(sink, { home: "/home/ada" });
  for (const event of events) renderer.event(event);
  return sink.text();
}

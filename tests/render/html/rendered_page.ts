import { createEventFactory, type EventBody } from "../../../lib/events.ts";
import { createHtmlRenderer } from "../../../lib/render/html/html_renderer.ts";
import { createBufferedWriter } from "../../../lib/terminal/buffered_writer.ts";

/** Returns the page of a session, which ends if its events do not say so. Its events happen every 100 milliseconds. */
export async function renderedPage(
  bodies: readonly EventBody[],
  ending: Partial<EventBody<"exit">> = {},
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const writer = createBufferedWriter({
    write(bytes) {
      chunks.push(bytes.slice());
      return Promise.resolve(bytes.length);
    },
  });
  const renderer = createHtmlRenderer(writer);
  let now = 0;
  const createEvent = createEventFactory(() => now += 100);
  for (const body of bodies) renderer.event(createEvent(body));
  if (bodies.at(-1)?.type !== "exit") renderer.event(createEvent(exit(ending)));
  await writer.flush();
  return await new Response(new Blob(chunks as Uint8Array<ArrayBuffer>[])).text();
}

/** Returns an `exit` event in which nothing is known but success. */
export function exit(fields: Partial<EventBody<"exit">> = {}): EventBody<"exit"> {
  return {
    type: "exit",
    code: 0,
    reason: "success",
    ok: true,
    turns: null,
    cost_usd: null,
    usage: null,
    duration_ms: null,
    ...fields,
  };
}

/** Returns the part of a page with the steps of its session. */
export function conversationOf(page: string): string {
  return page.slice(page.indexOf('<section class="conversation"'), page.indexOf("<footer>"));
}

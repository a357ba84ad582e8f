import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createTextRenderer, type TextRendererOptions } from "../../lib/render/text.ts";
import { answer, exit, failedExit } from "../support/rendered_run.ts";
import { makeKeptSink } from "../support/kept_writer.ts";

function render(events: readonly EventBody[], options?: TextRendererOptions): string {
  const sink = makeKeptSink();
  const renderer = createTextRenderer(sink, options);
  const createEvent = createEventFactory(() => null);
  for (const body of events) renderer.event(createEvent(body));
  return sink.text();
}

Deno.test("the text renderer writes the last answer of a successful run at its exit", () => {
  const answers = [answer("first"), answer("last")];
  assertEquals(render(answers), "");
  assertEquals(render([...answers, exit()]), "last\n");
});

Deno.test("the text renderer writes nothing if the run fails or has no result", () => {
  assertEquals(render([answer("almost"), failedExit()]), "");
  assertEquals(render([exit()]), "");
});

Deno.test("the text renderer sanitizes and escapes the answer if that is requested", () => {
  const options = {
    sanitize: (text: string) => text.replaceAll("\x1b", "^"),
    escape: (text: string) => text.replaceAll("##", "#\\#"),
  };
  assertEquals(render([answer("\x1b[2J##[x]"), exit()], options), "^[2J#\\#[x]\n");
  const structured = answer("", { structured_output: "##" });
  assertEquals(render([structured, exit()], options), '"##"\n');
});

Deno.test("the text renderer leaves out an answer that is on the screen", () => {
  const isShown = (text: string) => text === "Done.\n";
  assertEquals(render([answer("Done."), exit()], { isShown }), "");
});

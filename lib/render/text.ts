import type { EventOf } from "../events.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import { answerOf } from "../util/event_text.ts";
import type { Renderer } from "./renderer.ts";

/** Options for {@linkcode createTextRenderer}. */
export interface TextRendererOptions {
  /** Makes the answer safe for a terminal. @default the identity */
  sanitize?: (text: string) => string;
  /** Makes a text safe for a CI log; JSON is safe already. @default the identity */
  escape?: (text: string) => string;
  /** Returns whether the answer is on the screen already. @default never */
  isShown?: (text: string) => boolean;
}

/** Creates the renderer of the `text` format: the answer, if the run succeeds. */
export function createTextRenderer(
  writer: BufferedWriter,
  options: TextRendererOptions = {},
): Renderer {
  const { sanitize = (text) => text, escape = (text) => text, isShown = () => false } = options;
  let result: EventOf<"result"> | undefined;
  return {
    event(event) {
      if (event.type === "result") result = event;
      if (event.type !== "exit" || !event.ok || result === undefined) return;
      const answer = answerOf(result);
      if (answer === "" || isShown(answer)) return;
      const sanitized = sanitize(answer);
      writer.write(result.structured_output === undefined ? escape(sanitized) : sanitized);
    },
  };
}

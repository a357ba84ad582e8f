import type { EventOf, RunEvent } from "../events.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";

/** The answer that a result gives: its structured output as JSON, else its text. One newline ends it. */
export function answerOf(result: EventOf<"result">): string {
  if (result.structured_output !== undefined) return `${stringifySafe(result.structured_output)}\n`;
  return `${withoutLastLineEnds(result.text)}\n`;
}

/** By hand: an expression would try every newline of a text that has millions, and each to its end. */
function withoutLastLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end--;
  return text.slice(0, end);
}

/** Options of {@linkcode createTextRenderer}. */
export interface TextRendererOptions {
  /** Makes it harmless, where it goes to a terminal. @default the identity */
  clean?: (text: string) => string;
  /** Makes a text harmless, where it goes to a CI log; JSON is so anyway. @default the identity */
  defuse?: (text: string) => string;
  /** Whether the person has seen this text already, on the same terminal. @default never */
  isShown?: (text: string) => boolean;
}

/** The `text` format: the final answer, when the run is good. */
export function createTextRenderer(
  sink: BufferedWriter,
  options: TextRendererOptions = {},
): Renderer {
  const { clean = (text) => text, defuse = (text) => text, isShown = () => false } = options;
  let result: EventOf<"result"> | undefined;
  return {
    event(event: RunEvent) {
      if (event.type === "result") result = event;
      if (event.type !== "exit" || !event.ok || result === undefined) return;
      const answer = answerOf(result);
      if (isShown(answer)) return;
      const cleaned = clean(answer);
      sink.write(result.structured_output === undefined ? defuse(cleaned) : cleaned);
    },
  };
}

import type { EventOf, RunEvent } from "../events.ts";
import { inertJson } from "./inert_json.ts";
import type { Output } from "./output.ts";
import type { Sink } from "./sink.ts";

/** The answer that a result gives: its structured output as JSON, else its text. One newline ends it. */
export function answerOf(result: EventOf<"result">): string {
  if (result.structured_output !== undefined) return `${inertJson(result.structured_output)}\n`;
  return `${result.text.replace(/[\r\n]+$/, "")}\n`;
}

/** Options of {@linkcode makeAnswerOutput}. */
export interface AnswerOutputOptions {
  /** Makes it harmless, where it goes to a terminal. @default the identity */
  clean?: (text: string) => string;
  /** Whether the person has seen this text already, on the same terminal. @default never */
  isShown?: (text: string) => boolean;
}

/** The `text` format: the final answer, when the run is good. */
export function makeAnswerOutput(sink: Sink, options: AnswerOutputOptions = {}): Output {
  const { clean = (text) => text, isShown = () => false } = options;
  let result: EventOf<"result"> | undefined;
  return {
    event(event: RunEvent) {
      if (event.type === "result") result = event;
      if (event.type !== "exit" || !event.ok || result === undefined) return;
      const answer = answerOf(result);
      if (!isShown(answer)) sink.write(clean(answer));
    },
  };
}

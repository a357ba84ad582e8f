import type { EventOf } from "../events.ts";
import { trimLineEnds } from "./lines.ts";
import { stringifySafe } from "./safe_json.ts";

/** Returns the answer of a result: its structured output as JSON, or its text. It ends with a newline. */
export function answerOf(result: EventOf<"result">): string {
  if (result.structured_output !== undefined) return `${stringifySafe(result.structured_output)}\n`;
  return `${trimLineEnds(result.text)}\n`;
}

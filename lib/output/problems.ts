import type { RunEvent } from "../events.ts";
import { inert } from "./inert.ts";
import type { Output } from "./output.ts";
import type { Sink } from "./sink.ts";
import type { Styles } from "./styles.ts";
import { visible, visibleLine } from "./visible.ts";

/** How many of the last lines that claude said are repeated. */
const MAX_SAID_LINES = 20;

/** Whether a message says all that a text does, but for how it is laid out and an "Error:" before it. */
function repeats(message: string, said: string): boolean {
  const words = said.trim().replace(/^error:\s+/i, "").replaceAll(/\s+/g, " ");
  return message.replaceAll(/\s+/g, " ").includes(words);
}

/**
 * What a person is told where no progress is shown: warnings, and why the run
 * failed, with what claude said last.
 */
export function makeProblemsOutput(sink: Sink, styles: Styles): Output {
  let said = "";
  // stderr is what a CI log has.
  const line = (text: string) => sink.write(`ccrun: ${inert(text, false)}\n`);
  return {
    event(event: RunEvent) {
      switch (event.type) {
        case "text":
          if (event.parent_tool_use_id === undefined) said = event.text;
          break;
        case "result":
          if (event.text !== "") said = event.text;
          break;
        case "notice":
          if (event.level === "info") break;
          line((event.level === "error" ? styles.red : styles.yellow)(
            `${event.level}: ${visibleLine(event.text)}`,
          ));
          break;
        case "error": {
          const { kind, message, hint } = event.error;
          if (kind === "pipe") break; // its reader has left: there is nobody to tell
          if (said.trim() !== "" && !repeats(message, said)) {
            line("claude said:");
            for (const text of visible(said).trim().split("\n").slice(-MAX_SAID_LINES)) {
              sink.write(`  ${inert(text)}\n`);
            }
          }
          line(styles.red(`error: ${visibleLine(message)}`));
          if (hint !== undefined) line(visibleLine(hint));
        }
      }
    },
  };
}

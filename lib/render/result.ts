import type { EventOf, RunEvent } from "../events.ts";
import type { Failure } from "../errors.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";

/** How a run came out, in one object: what `--result FILE` and `--format result` give. */
export interface RunResult {
  /** The last result; null when none came. */
  readonly result: EventOf<"result"> | null;
  /** Why the exit code is not 0; absent when it is. */
  readonly error?: Failure;
  /** How the run ended. */
  readonly exit: EventOf<"exit">;
}

/** Gathers a {@linkcode RunResult} from the events of a run. */
export interface ResultGatherer {
  /** Takes an event. */
  event(event: RunEvent): void;
  /** The last result so far; null when none came. */
  readonly last: EventOf<"result"> | null;
  /** The whole, once the `exit` event was taken. */
  readonly value: RunResult | undefined;
}

/** Makes a {@linkcode ResultGatherer}. */
export function gatherResult(): ResultGatherer {
  let result: EventOf<"result"> | null = null;
  let error: Failure | undefined;
  let exit: EventOf<"exit"> | undefined;
  return {
    event(event) {
      if (event.type === "result") result = event;
      if (event.type === "error") error = event.error;
      if (event.type === "exit") exit = event;
    },
    get last() {
      return result;
    },
    get value() {
      if (exit === undefined) return undefined;
      return error === undefined ? { result, exit } : { result, error, exit };
    },
  };
}

/** A {@linkcode RunResult} as one line of JSON. */
export function resultText(value: RunResult): string {
  return `${stringifySafe(value)}\n`;
}

/** The `result` format: one JSON object, also when the run failed. */
export function createResultRenderer(sink: BufferedWriter): Renderer {
  const gathered = gatherResult();
  return {
    event(event) {
      gathered.event(event);
      if (event.type === "exit" && gathered.value !== undefined) {
        sink.write(resultText(gathered.value));
      }
    },
  };
}

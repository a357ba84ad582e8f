import type { Failure } from "../errors.ts";
import type { EventOf, RunEvent } from "../events.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";

/** The outcome of a run as one object, which `--result FILE` and `--format result` write. */
export interface RunResult {
  /** The last result; null if there was none. */
  readonly result: EventOf<"result"> | null;
  /** Why the exit code is not 0; absent if it is 0. */
  readonly error?: Failure;
  /** How the run ended. */
  readonly exit: EventOf<"exit">;
}

/** Collects a {@linkcode RunResult} from the events of a run. */
export interface ResultCollector {
  /** Records an event. */
  event(event: RunEvent): void;
  /** The outcome; undefined before the `exit` event. */
  readonly value: RunResult | undefined;
}

/** Creates a {@linkcode ResultCollector}. */
export function createResultCollector(): ResultCollector {
  let result: EventOf<"result"> | null = null;
  let error: Failure | undefined;
  let exit: EventOf<"exit"> | undefined;
  return {
    event(event) {
      if (event.type === "result") result = event;
      if (event.type === "error") error = event.error;
      if (event.type === "exit") exit = event;
    },
    get value() {
      if (exit === undefined) return undefined;
      return error === undefined ? { result, exit } : { result, error, exit };
    },
  };
}

/** Returns a {@linkcode RunResult} as one line of JSON. */
export function formatResult(value: RunResult): string {
  return `${stringifySafe(value)}\n`;
}

/** Creates the renderer of the `result` format: one JSON object, even if the run failed. */
export function createResultRenderer(writer: BufferedWriter): Renderer {
  const collector = createResultCollector();
  return {
    event(event) {
      collector.event(event);
      if (collector.value !== undefined) writer.write(formatResult(collector.value));
    },
  };
}

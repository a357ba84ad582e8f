import { inertJson } from "../util/safe_json.ts";
import type { Output } from "./renderer.ts";
import type { Sink } from "../terminal/buffered_writer.ts";

/** The `json` format: one event a line. */
export function makeJsonOutput(sink: Sink): Output {
  return {
    event(event) {
      // Not joined, which would copy a huge one.
      sink.write(inertJson(event));
      sink.write("\n");
    },
  };
}

import { inertJson } from "./inert_json.ts";
import type { Output } from "./output.ts";
import type { Sink } from "./sink.ts";

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

import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";

/** The `json` format: one event a line. */
export function createJsonRenderer(sink: BufferedWriter): Renderer {
  return {
    event(event) {
      // Not joined, which would copy a huge one.
      sink.write(stringifySafe(event));
      sink.write("\n");
    },
  };
}

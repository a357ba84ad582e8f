import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";

/** Creates the renderer of the `json` format: one event a line. */
export function createJsonRenderer(writer: BufferedWriter): Renderer {
  return {
    event(event) {
      writer.write(`${stringifySafe(event)}\n`);
    },
  };
}

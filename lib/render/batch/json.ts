import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import type { BatchRenderer } from "./renderer.ts";

/** Creates the renderer of `--json`: one event a line. */
export function createBatchJson(writer: BufferedWriter): Pick<BatchRenderer, "event"> {
  return {
    event(event) {
      writer.write(`${stringifySafe(event)}\n`);
    },
  };
}

import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { CiLog } from "../../terminal/ci_log.ts";
import { escapeLogCommands } from "../../terminal/escape_commands.ts";
import type { Styles } from "../../terminal/styles.ts";
import { LineFormatter } from "./lines.ts";
import type { BatchRenderer } from "./renderer.ts";

/** Options for {@linkcode createBatchLog}. */
export interface BatchLogOptions {
  readonly styles: Styles;
  /** The CI system that records the log. If it has annotations, failures are annotated. */
  readonly ci?: CiLog | undefined;
  /** Returns the time in milliseconds. @default {performance.now} */
  readonly clock?: () => number;
}

/**
 * Creates the renderer of a batch without a terminal: one line for each task that has ended, and tables at
 * the end.
 */
export function createBatchLog(writer: BufferedWriter, options: BatchLogOptions): BatchRenderer {
  const { styles, ci, clock = () => performance.now() } = options;
  const formatter = new LineFormatter({ styles, clock, columns: () => undefined });

  function print(line: string): void {
    writer.write(`${escapeLogCommands(line)}\n`);
  }

  return {
    event(event) {
      for (const { lines, annotation } of formatter.format(event)) {
        const { command = "", notice } = annotation && ci
          ? ci.annotate(annotation.level, annotation)
          : {};
        if (notice !== undefined) print(formatter.message(notice));
        if (command !== "") writer.write(command);
        else lines.forEach(print);
      }
    },
    printMessage: (text) => print(formatter.message(text)),
  };
}

import { FAILURE_LINES } from "../tool_annotation.ts";
import type { Styles } from "../../terminal/styles.ts";
import { countLines } from "../../util/lines.ts";
import { formatCount } from "../../util/units.ts";
import { repeatsLastText, type ToolBlocks, type ToolCall, type ToolResult } from "./tool_blocks.ts";
import type { ToolOutput } from "./tool_output.ts";

/** Shows the results of tools that were not denied. */
export interface ToolResults {
  /** Shows the result of a tool that succeeded. */
  success(call: ToolCall, result: ToolResult): void;
  /** Shows the result of a tool that failed. */
  failure(call: ToolCall, result: ToolResult): void;
}

/** The number of output lines that are shown. */
const OUTPUT_LINES = 5;

/** Shows results with the first lines of their output. */
export class PlainResults implements ToolResults {
  readonly #blocks: ToolBlocks;
  readonly #output: ToolOutput;
  readonly #styles: Styles;

  /** Creates a renderer that prints with `blocks`. */
  constructor(blocks: ToolBlocks, output: ToolOutput, styles: Styles) {
    this.#blocks = blocks;
    this.#output = output;
    this.#styles = styles;
  }

  success(call: ToolCall, result: ToolResult): void {
    const { green, dim } = this.#styles;
    const lines = this.#successLines(call, result);
    if (!result.isBelowCall) this.#blocks.printAgain(call, "✓", green, dim, result.time);
    else if (lines.length > 0) this.#blocks.start(call);
    this.#blocks.printBody(lines, call);
  }

  #successLines(call: ToolCall, result: ToolResult): string[] {
    const { label, depth } = call;
    const { dim } = this.#styles;
    // A title that is printed again has the time.
    const time = result.isBelowCall ? result.time : "";
    const timeOnly = time === "" ? [] : [dim(time)];
    switch (label.output) {
      case "nothing":
        return timeOnly;
      case "count": {
        const count = formatCount(countLines(result.text), "line");
        return [dim(time === "" ? count : `${count} · ${time}`)];
      }
      case "changes":
        if (label.changes.length === 0) return timeOnly;
        return this.#output.changes(label, depth, OUTPUT_LINES);
      case "lines":
        if (repeatsLastText(call, result)) return timeOnly;
        if (result.text.trim() === "") return [dim(time === "" ? "(no output)" : time)];
        return this.#output.excerpt(result.text, depth, dim, { head: OUTPUT_LINES }, time);
    }
  }

  failure(call: ToolCall, result: ToolResult): void {
    const { red, dim, plain } = this.#styles;
    const { text, isBelowCall, time } = result;
    if (isBelowCall) this.#blocks.start(call);
    else this.#blocks.printAgain(call, "✗", red, plain, time);
    const lines = countLines(text) > 1
      ? this.#output.excerpt(text, call.depth, red, FAILURE_LINES, isBelowCall ? time : "")
      : this.#output.reason(text, call.depth);
    this.#blocks.printBody(lines, call, isBelowCall ? "✗" : "└", isBelowCall ? red : dim);
  }
}

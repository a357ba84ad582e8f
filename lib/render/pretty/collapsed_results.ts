import { FAILURE_LINES, failureAnnotation } from "../tool_annotation.ts";
import type { Styles } from "../../terminal/styles.ts";
import { countLines } from "../../util/lines.ts";
import { formatCount } from "../../util/units.ts";
import type { BlockWriter } from "./block_writer.ts";
import type { PlainResults, ToolResults } from "./plain_results.ts";
import { repeatsLastText, type ToolBlocks, type ToolCall, type ToolResult } from "./tool_blocks.ts";
import { OUTPUT_INDENT, type ToolOutput } from "./tool_output.ts";

/** The lines in a group. It is collapsed, so it may be long. */
const GROUP_LINES = { head: 150, tail: 50 } as const;

/** Options for {@linkcode CollapsedResults}. */
export interface CollapsedResultsOptions {
  writer: BlockWriter;
  blocks: ToolBlocks;
  output: ToolOutput;
  styles: Styles;
  /** Shows failures if the CI system has no annotations. */
  plain: PlainResults;
}

/** Shows results in the log of a CI system: a line about the output, and the output collapsed below it. */
export class CollapsedResults implements ToolResults {
  readonly #options: CollapsedResultsOptions;

  /** Creates a renderer for the log of a CI system. */
  constructor(options: CollapsedResultsOptions) {
    this.#options = options;
  }

  success(call: ToolCall, result: ToolResult): void {
    const { blocks, styles: { green, dim } } = this.#options;
    const lines = this.#groupLines(call, result);
    const note = this.#note(call, result);
    if (lines.length > 0) {
      this.#printGroup(call, result, lines);
    } else if (!result.isBelowCall) {
      blocks.printAgain(call, "✓", green, dim, note);
    } else if (note !== "") {
      blocks.start(call);
      blocks.printBody([dim(note)], call);
    }
  }

  failure(call: ToolCall, result: ToolResult): void {
    const { writer, blocks, plain } = this.#options;
    const isLong = countLines(result.text) > FAILURE_LINES.head + FAILURE_LINES.tail;
    const isCollapsed = isLong || blocks.isCut(call.label);
    const lines = isCollapsed ? this.#groupLines(call, result) : [];
    if (lines.length > 0) this.#printGroup(call, result, lines);
    blocks.start(call);
    // A failure is not only collapsed.
    if (writer.annotate("error", failureAnnotation(call.label, result.text))) return;
    plain.failure(call, { ...result, isBelowCall: result.isBelowCall || lines.length > 0 });
  }

  #printGroup(call: ToolCall, result: ToolResult, lines: readonly string[]): void {
    const { writer, blocks, styles: { red, green, dim, plain } } = this.#options;
    const { isBelowCall, ms } = result;
    const style = call.hasFailed ? red : isBelowCall ? dim : green;
    const mark = call.hasFailed ? "✗" : isBelowCall ? "└" : "✓";
    const note = this.#note(call, result);
    blocks.start(call);
    const title = isBelowCall
      ? `${style(mark)} ${dim(note)}`
      : blocks.titleAgain(call, mark, style, plain, note);
    writer.writeGroup(title, lines, call.depth, ms);
  }

  /** Returns what the log shows of the output: the number of lines and the time. */
  #note(call: ToolCall, result: ToolResult): string {
    const parts = [this.#count(call, result), result.time];
    return parts.filter((part) => part !== "").join(" · ");
  }

  #count(call: ToolCall, result: ToolResult): string {
    if (hasChanges(call)) return formatCount(call.label.changedCount, "changed line");
    if (repeatsLastText(call, result)) return "";
    if (result.text.trim() === "") return "no output";
    return formatCount(countLines(result.text), "line");
  }

  #groupLines(call: ToolCall, result: ToolResult): string[] {
    const { blocks, styles: { cyan } } = this.#options;
    const lines = this.#outputLines(call, result).map((line) => OUTPUT_INDENT + line);
    if (blocks.isCut(call.label)) lines.unshift(`  ${cyan("●")} ${call.label.argument}`);
    return lines;
  }

  #outputLines(call: ToolCall, result: ToolResult): string[] {
    const { output, styles: { red, dim } } = this.#options;
    const { label, depth, hasFailed } = call;
    const maxLines = GROUP_LINES.head + GROUP_LINES.tail;
    if (hasChanges(call)) return output.changes(label, depth, maxLines);
    if (repeatsLastText(call, result) || result.text.trim() === "") return [];
    return output.excerpt(result.text, depth, hasFailed ? red : dim, GROUP_LINES);
  }
}

function hasChanges({ label, hasFailed }: ToolCall): boolean {
  return !hasFailed && label.output === "changes" && label.changes.length > 0;
}

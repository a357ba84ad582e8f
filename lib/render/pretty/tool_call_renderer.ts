import { givesAnswer, unwrapToolError } from "../../claude/tools.ts";
import type { EventOf } from "../../events.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { PathContext } from "../../util/display_path.ts";
import { formatToolDuration } from "../../util/units.ts";
import { denialAnnotation, denialMessage, failureAnnotation } from "../tool_annotation.ts";
import { toolTitle, type ToolTitleOptions } from "../tool_label.ts";
import type { ToolCall, ToolCalls } from "../tool_calls.ts";
import type { BlockWriter } from "./block_writer.ts";
import { detailRows } from "./tool_details.ts";
import {
  deniedOutputLines,
  failureLines,
  groupLines,
  groupNote,
  MAX_REASON_ROWS,
  OUTPUT_INDENT,
  type OutputLayout,
  successLines,
  type ToolResult,
} from "./tool_output.ts";

/** What is printed of a result. */
interface PrintedResult {
  /** Formats the title of the call, which is printed again if other output followed the call. */
  readonly title: TitleFormat;
  /** The lines below the title. */
  readonly lines: readonly string[];
  /** Precedes the first line. */
  readonly lineMark: string;
}

type TitleFormat = Omit<ToolTitleOptions, "columns" | "styles">;

/** The width of a title in a CI log. If it is cut, the group has the whole argument. */
const CI_TITLE_COLUMNS = 200;

/** The width of an argument within a sentence. */
const SHORT_ARGUMENT_COLUMNS = 30;

/**
 * Shows tool calls and their results. In a CI log the output of a tool is a collapsed group, and its
 * failure is an annotation if the system has annotations.
 */
export class ToolCallRenderer {
  readonly #writer: BlockWriter;
  readonly #calls: ToolCalls;
  readonly #styles: Styles;

  /** Creates a renderer that writes to `writer` and records in `calls` what it shows. */
  constructor(writer: BlockWriter, calls: ToolCalls, styles: Styles) {
    this.#writer = writer;
    this.#calls = calls;
    this.#styles = styles;
  }

  showCall(event: EventOf<"tool_use">, paths: PathContext): void {
    const call = this.#calls.add(event, paths);
    if (givesAnswer(event.name)) return;
    const { cyan, plain } = this.#styles;
    this.#startBlock(call, event.id);
    const title = this.#title(call, { mark: cyan("●"), style: plain });
    this.#writer.write(title);
    const { details } = call.label;
    // A plan on one line is often completely in the title.
    if (title.includes(details)) return;
    for (const row of detailRows(details, this.#layout(call))) {
      this.#writer.write(row === "" ? "" : OUTPUT_INDENT + row);
    }
  }

  showDenial(event: EventOf<"permission_denied">): void {
    const { tool_use_id: id } = event;
    const call = this.#calls.recordDenial(event);
    if (call === undefined) return;
    const isBelowCall = this.#writer.lastBlockId === id;
    // The result that follows is still below its call.
    this.#startBlock(call, isBelowCall ? id : undefined);
    if (this.#writer.annotate("warning", denialAnnotation(call.label, call.denialReason))) return;
    this.#printDenial(call, isBelowCall);
  }

  #printDenial({ label, parent, denialReason }: ToolCall, isBelowCall: boolean): void {
    const { yellow } = this.#styles;
    const { name, argument } = label;
    const shortCall = isBelowCall || argument === ""
      ? name
      : `${name} ${cutEnd(argument, SHORT_ARGUMENT_COLUMNS)}`;
    const rows = wrapText(denialMessage(shortCall, denialReason), {
      columns: this.#writer.availableColumns(parent),
      styles: this.#styles,
      mark: isBelowCall ? "  ! " : "! ",
      markStyle: yellow,
      style: yellow,
      maxRows: MAX_REASON_ROWS,
    });
    for (const row of rows) this.#writer.write(row);
  }

  showResult(event: EventOf<"tool_result">): void {
    const isBelowCall = this.#writer.lastBlockId === event.tool_use_id;
    const call = this.#calls.recordResult(event);
    if (call.state === "done" && givesAnswer(event.name)) return;
    const text = event.is_error ? unwrapToolError(event.text) : event.text;
    const result = {
      call,
      text: call.state === "failed" && text.trim() === "" ? "failed" : text,
      isPlaceholder: event.content !== undefined,
      isBelowCall,
      durationMs: event.duration_ms ?? undefined,
      duration: formatToolDuration(event.duration_ms),
    };
    if (call.state === "denied") return this.#printDeniedOutput(result);
    if (call.state === "interrupted") return this.#printInterruption(result);
    if (this.#writer.isCiLog) return this.#printToCiLog(result);
    if (call.state === "failed") return this.#printFailure(result);
    this.#printSuccess(result);
  }

  #printToCiLog(result: ToolResult): void {
    const hasGroup = this.#printGroup(result);
    if (result.call.state === "failed") {
      // A group is collapsed, so a failure is printed below it, too.
      this.#printFailure({ ...result, isBelowCall: result.isBelowCall || hasGroup });
    } else if (!hasGroup) {
      this.#printGroupNote(result);
    }
  }

  #printDeniedOutput({ call, text }: ToolResult): void {
    if (text.trim() === "" || isSameReason(text, call.denialReason)) return;
    this.#startBlock(call);
    this.#printLines(deniedOutputLines(text, this.#layout(call)), this.#styles.dim("└"));
  }

  #printInterruption(result: ToolResult): void {
    const { yellow, plain } = this.#styles;
    const note = result.duration === "" ? "interrupted" : `interrupted after ${result.duration}`;
    const mark = yellow("!");
    this.#print(result, {
      title: { mark, style: plain, note },
      lines: result.isBelowCall ? [yellow(note)] : [],
      lineMark: mark,
    });
  }

  #printSuccess(result: ToolResult): void {
    const { green, dim } = this.#styles;
    this.#print(result, {
      title: { mark: green("✓"), style: dim, note: result.duration },
      lines: successLines(result, this.#layout(result.call)),
      lineMark: dim("└"),
    });
  }

  /** Prints what a CI log shows of a result without a group. */
  #printGroupNote(result: ToolResult): void {
    const { green, dim } = this.#styles;
    const note = groupNote(result);
    this.#print(result, {
      title: { mark: green("✓"), style: dim, note },
      lines: result.isBelowCall && note !== "" ? [dim(note)] : [],
      lineMark: dim("└"),
    });
  }

  #printFailure(result: ToolResult): void {
    const { call, isBelowCall } = result;
    const { red, plain, dim } = this.#styles;
    this.#startBlock(call);
    if (this.#writer.annotate("error", failureAnnotation(call.label, result.text))) return;
    this.#print(result, {
      title: { mark: red("✗"), style: plain, note: result.duration },
      lines: failureLines(result, this.#layout(call)),
      lineMark: isBelowCall ? red("✗") : dim("└"),
    });
  }

  #print({ call, isBelowCall }: ToolResult, { title, lines, lineMark }: PrintedResult): void {
    if (isBelowCall && lines.length === 0) return;
    this.#startBlock(call);
    if (!isBelowCall) this.#writer.write(this.#title(call, { ...title, isRepeated: true }));
    this.#printLines(lines, lineMark);
  }

  #printLines(lines: readonly string[], mark: string): void {
    for (const [at, line] of lines.entries()) {
      this.#writer.write(at === 0 ? `  ${mark} ${line}` : OUTPUT_INDENT + line);
    }
  }

  /** Prints the output as a group of a CI log. Returns whether there is anything to collapse. */
  #printGroup(result: ToolResult): boolean {
    const { call, isBelowCall, durationMs } = result;
    const { red, green, dim, plain } = this.#styles;
    const isCut = !this.#title(call, { mark: "●", style: plain }).includes(call.label.argument);
    const lines = groupLines(result, this.#layout(call), isCut);
    if (lines.length === 0) return false;
    const note = groupNote(result);
    const mark = call.state === "failed" ? red("✗") : isBelowCall ? dim("└") : green("✓");
    const title = isBelowCall
      ? `${mark} ${dim(note)}`
      : this.#title(call, { mark, style: plain, note, isRepeated: true });
    this.#startBlock(call);
    this.#writer.writeGroup(title, lines, durationMs);
    return true;
  }

  #startBlock({ parent }: ToolCall, id?: string): void {
    this.#writer.startBlock({ kind: "tool", parent, id });
  }

  #title({ label, parent }: ToolCall, format: TitleFormat): string {
    const columns = this.#writer.isCiLog ? CI_TITLE_COLUMNS : this.#writer.availableColumns(parent);
    return toolTitle(label, { ...format, columns, styles: this.#styles });
  }

  #layout({ parent }: ToolCall): OutputLayout {
    const available = this.#writer.availableColumns(parent);
    const columns = available === undefined ? undefined : available - OUTPUT_INDENT.length;
    return { columns, styles: this.#styles };
  }
}

function isSameReason(text: string, reason: string): boolean {
  const [a, b] = [text.trim(), reason.trim()];
  return b !== "" && (a.includes(b) || b.includes(a));
}

import { unwrapToolError } from "../../claude/tools.ts";
import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { PathContext } from "../../util/display_path.ts";
import { countLines } from "../../util/lines.ts";
import { formatSeconds } from "../../util/units.ts";
import { denialAnnotation, FAILURE_LINES, failureAnnotation } from "../tool_annotation.ts";
import { formatToolLabel, type ToolLabel } from "../tool_label.ts";
import type { ToolCall, ToolCalls } from "../tool_calls.ts";
import type { BlockWriter } from "./block_writer.ts";
import {
  deniedOutputLines,
  failureLines,
  groupLines,
  groupNote,
  MAX_REASON_ROWS,
  type OutputLayout,
  successLines,
  type ToolResult,
} from "./tool_output.ts";

/** Options for {@linkcode ToolCallRenderer}. */
export interface ToolCallRendererOptions {
  calls: ToolCalls;
  styles: Styles;
  /**
   * Whether a CI system records the log. There the output of a tool is a collapsed group, and its
   * failure is an annotation if the system has annotations.
   */
  isCiLog: boolean;
}

/** How a title is printed. */
interface TitleFormat {
  readonly mark: string;
  /** The style of the name and the argument. */
  readonly style: Style;
  /** Follows the argument. */
  readonly note: string;
}

/** What is printed of a result. */
interface Outcome {
  readonly mark: string;
  /** The style of the title if that is printed again. */
  readonly titleStyle: Style;
  /** Follows the title if that is printed again. */
  readonly note: string;
  /** The lines below the title. */
  readonly lines: readonly string[];
  /** Precedes the first line. */
  readonly lineMark: string;
}

/** The indentation of output below its call. */
const OUTPUT_INDENT = "    ";

/** A CI log names a call in one line of this width; the group has the rest. */
const CI_TITLE_COLUMNS = 200;

/** The columns of the mark before a title. */
const MARK_COLUMNS = 2;

/** The time of a faster tool is not shown. */
const SLOW_MS = 1_000;

/** The width of an argument within a sentence. */
const SHORT_ARGUMENT_COLUMNS = 30;

/** Shows tool calls and their results. */
export class ToolCallRenderer {
  readonly #writer: BlockWriter;
  readonly #calls: ToolCalls;
  readonly #styles: Styles;
  readonly #isCiLog: boolean;

  /** Creates a renderer that writes to `writer` and records in `calls` what it shows. */
  constructor(writer: BlockWriter, { calls, styles, isCiLog }: ToolCallRendererOptions) {
    this.#writer = writer;
    this.#calls = calls;
    this.#styles = styles;
    this.#isCiLog = isCiLog;
  }

  /** Shows a call. */
  use(event: EventOf<"tool_use">, paths: PathContext): void {
    const call = this.#calls.add(event, paths);
    const { cyan, plain } = this.#styles;
    this.#startBlock(call, event.id);
    this.#writer.write(this.#title(call, { mark: cyan("●"), style: plain, note: "" }));
  }

  /** Shows that a call was denied. */
  denied(event: EventOf<"permission_denied">): void {
    const { tool_use_id: id, reason = "" } = event;
    const call = this.#calls.deny(event);
    if (call === undefined) return;
    const isBelowCall = this.#writer.lastBlockId === id;
    // The result that follows is still below its call.
    this.#startBlock(call, isBelowCall ? id : undefined);
    if (this.#writer.annotate("warning", denialAnnotation(call.label, reason))) return;
    this.#printDenial(call, isBelowCall);
  }

  #printDenial({ label, parent, denialReason }: Readonly<ToolCall>, isBelowCall: boolean): void {
    const { yellow } = this.#styles;
    const { name, argument } = label;
    const subject = isBelowCall || argument === ""
      ? name
      : `${name} ${cutEnd(argument, SHORT_ARGUMENT_COLUMNS)}`;
    const why = denialReason.trim() === "" ? "" : `: ${sanitizeLine(denialReason)}`;
    const rows = wrapText(`${subject} denied${why}`, {
      columns: this.#writer.availableColumns(parent),
      styles: this.#styles,
      mark: isBelowCall ? "  ! " : "! ",
      markStyle: yellow,
      style: yellow,
      maxRows: MAX_REASON_ROWS,
    });
    for (const row of rows) this.#writer.write(row);
  }

  /** Shows a result. */
  result(event: EventOf<"tool_result">): void {
    const { tool_use_id: id, content, duration_ms: ms } = event;
    const isBelowCall = this.#writer.lastBlockId === id;
    const call = this.#calls.end(event);
    const text = event.is_error ? unwrapToolError(event.text) : event.text;
    const result = {
      call,
      text: call.state === "failed" && text.trim() === "" ? "failed" : text,
      isDescription: content !== undefined,
      isBelowCall,
      time: ms !== null && ms >= SLOW_MS ? formatSeconds(ms) : "",
    };
    if (call.state === "denied") {
      this.#printDeniedOutput(result);
    } else if (call.state === "interrupted") {
      this.#printInterruption(result);
    } else if (call.state === "failed") {
      const hasGroup = this.#isCiLog && this.#printGroup(result, ms ?? undefined);
      this.#printFailure(hasGroup ? { ...result, isBelowCall: true } : result);
    } else if (this.#isCiLog) {
      if (!this.#printGroup(result, ms ?? undefined)) this.#printGroupNote(result);
    } else {
      this.#printSuccess(result);
    }
  }

  #printDeniedOutput({ call, text }: ToolResult): void {
    if (text.trim() === "" || isSameReason(text, call.denialReason)) return;
    this.#startBlock(call);
    this.#printLines(deniedOutputLines(text, this.#layout(call)), this.#styles.dim("└"));
  }

  #printInterruption(result: ToolResult): void {
    const { yellow, plain } = this.#styles;
    const note = result.time === "" ? "interrupted" : `interrupted after ${result.time}`;
    const lines = result.isBelowCall ? [yellow(note)] : [];
    const mark = yellow("!");
    this.#print(result, { mark, titleStyle: plain, note, lines, lineMark: mark });
  }

  #printSuccess(result: ToolResult): void {
    const { green, dim } = this.#styles;
    this.#print(result, {
      mark: green("✓"),
      titleStyle: dim,
      note: result.time,
      lines: successLines(result, this.#layout(result.call)),
      lineMark: dim("└"),
    });
  }

  #printFailure(result: ToolResult): void {
    const { call, isBelowCall } = result;
    const { red, plain, dim } = this.#styles;
    this.#startBlock(call);
    if (this.#writer.annotate("error", failureAnnotation(call.label, result.text))) return;
    this.#print(result, {
      mark: red("✗"),
      titleStyle: plain,
      note: result.time,
      lines: failureLines(result, this.#layout(call)),
      lineMark: isBelowCall ? red("✗") : dim("└"),
    });
  }

  #print({ call, isBelowCall }: ToolResult, outcome: Outcome): void {
    const { mark, titleStyle, note, lines, lineMark } = outcome;
    if (isBelowCall && lines.length === 0) return;
    this.#startBlock(call);
    if (!isBelowCall) this.#writer.write(this.#titleAgain(call, { mark, style: titleStyle, note }));
    this.#printLines(lines, lineMark);
  }

  #printLines(lines: readonly string[], mark: string): void {
    for (const [at, line] of lines.entries()) {
      this.#writer.write(at === 0 ? `  ${mark} ${line}` : OUTPUT_INDENT + line);
    }
  }

  /**
   * Prints the output as a group of a CI log. Returns `false` if there is nothing to collapse: no
   * output, or a failure that is shown completely.
   */
  #printGroup(result: ToolResult, ms: number | undefined): boolean {
    const { call, text, isBelowCall } = result;
    const { red, green, dim, plain, cyan } = this.#styles;
    const hasFailed = call.state === "failed";
    const isCut = isTitleCut(call.label, this.#styles);
    const isShort = countLines(text) <= FAILURE_LINES.head + FAILURE_LINES.tail;
    if (hasFailed && isShort && !isCut) return false;
    const lines = groupLines(result, this.#layout(call)).map((line) => OUTPUT_INDENT + line);
    if (isCut) lines.unshift(`  ${cyan("●")} ${call.label.argument}`);
    if (lines.length === 0) return false;
    const note = groupNote(result);
    const title = isBelowCall
      ? `${hasFailed ? red("✗") : dim("└")} ${dim(note)}`
      : this.#titleAgain(call, { mark: hasFailed ? red("✗") : green("✓"), style: plain, note });
    this.#startBlock(call);
    this.#writer.writeGroup(title, lines, ms);
    return true;
  }

  /** Prints what a CI log shows of a result that has no group. */
  #printGroupNote(result: ToolResult): void {
    const { green, dim } = this.#styles;
    const note = groupNote(result);
    const lines = result.isBelowCall && note !== "" ? [dim(note)] : [];
    const mark = green("✓");
    this.#print(result, { mark, titleStyle: dim, note, lines, lineMark: dim("└") });
  }

  #startBlock({ parent }: Readonly<ToolCall>, id?: string): void {
    this.#writer.startBlock({ kind: "tool", parent, id });
  }

  /** Returns the title of a call that was shown before, which needs no suffix. */
  #titleAgain(call: Readonly<ToolCall>, format: TitleFormat): string {
    return this.#title({ ...call, label: { ...call.label, suffix: "" } }, format);
  }

  #title({ label, parent }: Readonly<ToolCall>, { mark, style, note }: TitleFormat): string {
    const available = this.#isCiLog ? CI_TITLE_COLUMNS : this.#writer.availableColumns(parent);
    const columns = available === undefined ? undefined : available - MARK_COLUMNS;
    return `${mark} ${formatToolLabel(label, { columns, styles: this.#styles, style, note })}`;
  }

  #layout({ parent }: Readonly<ToolCall>): OutputLayout {
    const available = this.#writer.availableColumns(parent);
    const columns = available === undefined ? undefined : available - OUTPUT_INDENT.length;
    return { columns, styles: this.#styles };
  }
}

/** Returns whether the title in a CI log has only a part of the argument. */
function isTitleCut(label: ToolLabel, styles: Styles): boolean {
  const columns = CI_TITLE_COLUMNS - MARK_COLUMNS;
  return !formatToolLabel(label, { columns, styles, style: styles.plain }).includes(label.argument);
}

function isSameReason(text: string, reason: string): boolean {
  const [a, b] = [text.trim(), reason.trim()];
  return b !== "" && (a.includes(b) || b.includes(a));
}

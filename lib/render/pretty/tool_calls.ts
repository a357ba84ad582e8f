import type { CiLog } from "../../ci/log.ts";
import { denialAnnotation, FAILURE_LINES, failureAnnotation } from "../../ci/tool_annotation.ts";
import { unwrapToolError } from "../../claude/tools.ts";
import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Style, Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { PathContext } from "../../util/display_path.ts";
import { countLines } from "../../util/lines.ts";
import { formatCount, formatSeconds } from "../../util/units.ts";
import type { BlockWriter } from "./block_writer.ts";
import type { ToolCounts } from "./footer.ts";
import type { SubagentSections } from "./subagent_sections.ts";
import { formatToolLabel, type ToolLabel, toolLabel, unknownToolLabel } from "./tool_label.ts";
import { MAX_REASON_ROWS, OUTPUT_INDENT, ToolOutput } from "./tool_output.ts";

/** A tool call whose result has not arrived. */
export interface RunningCall {
  readonly label: ToolLabel;
  /** When it was called, by the clock. */
  readonly startedAt: number;
}

/** Options of {@linkcode ToolCallRenderer}. */
export interface ToolCallOptions {
  writer: BlockWriter;
  styles: Styles;
  sections: SubagentSections;
  /** Returns the directories that are known by now. */
  paths: () => PathContext;
  /** Returns the time in milliseconds. */
  clock: () => number;
  /** The CI system that records the log. It collapses output. */
  ci: CiLog | undefined;
}

interface Call {
  label: ToolLabel;
  readonly depth: number;
  readonly parent: string | undefined;
  startedAt: number;
  status: "running" | "ended";
  hasFailed: boolean;
  /** Why it was denied; undefined if it was not. */
  denial: string | undefined;
  /** The last text of the subagent that it started. */
  lastText: string;
}

/** A result, and where it stands. */
interface Result {
  readonly text: string;
  /** Whether it stands right below its call. */
  readonly isBelowCall: boolean;
  /** How long the tool ran; empty if that was short. */
  readonly time: string;
  readonly ms: number | undefined;
}

/** The number of output lines that are shown. */
const OUTPUT_LINES = 5;

/** A CI log collapses output, so it may be longer. */
const GROUP_LINES = { head: 150, tail: 50 } as const;

/** A CI log names a call in one line of this width; the group has the rest. */
const TITLE_COLUMNS = 200;

/** The output of a denied tool rarely adds to the reason. */
const DENIAL_LINES = 2;

/** The time of a faster tool is not shown. */
const SLOW_MS = 1_000;

/** The width of an argument within a sentence. */
const SHORT_ARGUMENT_COLUMNS = 30;

/** Shows tool calls and their results. */
export class ToolCallRenderer {
  readonly #options: ToolCallOptions;
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  readonly #output: ToolOutput;
  readonly #calls = new Map<string, Call>();
  readonly #counts = { all: 0, failed: 0, denied: 0 };

  /** Creates a renderer that has seen no calls. */
  constructor(options: ToolCallOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#styles = options.styles;
    this.#output = new ToolOutput(options.writer, options.styles);
  }

  /** How many calls there were, and how many failed or were denied. */
  get counts(): ToolCounts {
    return this.#counts;
  }

  /** Returns the status of a call; undefined if it was not seen. */
  status(id: string): "running" | "ended" | undefined {
    return this.#calls.get(id)?.status;
  }

  /** Returns the calls that are running, the last one last. */
  running(): RunningCall[] {
    return [...this.#calls.values()].filter(({ status }) => status === "running");
  }

  /** Records what a subagent said, because the result of its call repeats it. */
  recordText(parent: string, text: string): void {
    const call = this.#calls.get(parent);
    if (call?.status === "running" && text.trim() !== "") call.lastText = text.trim();
  }

  /** Records how long a tool has been running. */
  progress(event: EventOf<"tool_progress">): void {
    const call = this.#calls.get(event.tool_use_id);
    if (call === undefined) return;
    call.startedAt = Math.min(call.startedAt, this.#options.clock() - event.elapsed_ms);
  }

  /** Shows a call. */
  use(event: EventOf<"tool_use">): void {
    const { id, name, input, parent_tool_use_id: parent } = event;
    const { sections, paths } = this.#options;
    const call = this.#createCall(toolLabel(name, input, paths()), parent);
    this.#calls.set(id, call);
    sections.add(id, call.label, parent);
    this.#counts.all++;
    this.#startBlock(call, id);
    this.#writer.write(this.#title(call, "●", this.#styles.cyan, this.#styles.plain), call.depth);
  }

  /** Shows that a call was denied. */
  denied(event: EventOf<"permission_denied">): void {
    const { tool_use_id: id, reason = "" } = event;
    const call = this.#callOf(event);
    if (call.denial !== undefined) return;
    call.denial = reason;
    this.#counts.denied++;
    if (call.hasFailed) this.#counts.failed--;
    // The failure has been shown with its reason.
    if (call.hasFailed && reason.trim() === "") return;
    const isBelowCall = this.#writer.lastBlockId === id;
    this.#startBlock(call, isBelowCall ? id : undefined);
    if (this.#writer.annotate("warning", denialAnnotation(call.label, reason))) return;
    const { name, argument } = call.label;
    const subject = isBelowCall || argument === ""
      ? name
      : `${name} ${cutEnd(argument, SHORT_ARGUMENT_COLUMNS)}`;
    const why = reason.trim() === "" ? "" : `: ${sanitizeLine(reason)}`;
    const rows = wrapText(`${subject} denied${why}`, {
      columns: this.#writer.availableColumns(call.depth),
      styles: this.#styles,
      mark: isBelowCall ? "  ! " : "! ",
      markStyle: this.#styles.yellow,
      style: this.#styles.yellow,
      maxRows: MAX_REASON_ROWS,
    });
    for (const row of rows) this.#writer.write(row, call.depth);
  }

  /** Shows a result. */
  result(event: EventOf<"tool_result">): void {
    const { tool_use_id: id, is_error: isError, duration_ms: ms } = event;
    const call = this.#callOf(event);
    // Content that is not text has no lines, but a description.
    if (event.content !== undefined && call.label.output === "count") {
      call.label = { ...call.label, output: "lines" };
    }
    const result = {
      text: isError ? unwrapToolError(event.text) : event.text,
      isBelowCall: this.#writer.lastBlockId === id,
      time: ms !== null && ms >= SLOW_MS ? formatSeconds(ms) : "",
      ms: ms ?? undefined,
    };
    if (call.denial !== undefined) this.#printDenied(call, result.text, call.denial);
    else if (isError && event.interrupted) this.#printInterrupted(call, result);
    else if (isError) this.#printFailure(call, result);
    else if (this.#options.ci === undefined) this.#printSuccess(call, result);
    else this.#printCollapsed(call, result);
    call.status = "ended";
    // The call stays known, because its subagent may continue; the input does not.
    call.label = { ...call.label, changes: [] };
    call.lastText = "";
  }

  #createCall(label: ToolLabel, parent: string | undefined): Call {
    return {
      label,
      depth: this.#options.sections.depthOf(parent),
      parent,
      startedAt: this.#options.clock(),
      status: "running",
      hasFailed: false,
      denial: undefined,
      lastText: "",
    };
  }

  #callOf(event: EventOf<"tool_result" | "permission_denied">): Call {
    return this.#calls.get(event.tool_use_id) ??
      this.#createCall(unknownToolLabel(event.name), event.parent_tool_use_id);
  }

  #printDenied(call: Call, text: string, reason: string): void {
    if (text.trim() === "" || isSameReason(text, reason)) return;
    this.#startBlock(call);
    const { dim } = this.#styles;
    this.#printBody(this.#output.excerpt(text, call.depth, dim, { head: DENIAL_LINES }), call);
  }

  /** Shows a tool that was stopped with the run, which is no failure of the tool. */
  #printInterrupted(call: Call, { isBelowCall, time }: Result): void {
    const { yellow } = this.#styles;
    const note = time === "" ? "interrupted" : `interrupted after ${time}`;
    if (!isBelowCall) {
      this.#nameAgain(call, "!", yellow, this.#styles.plain, note);
      return;
    }
    this.#startBlock(call);
    this.#printBody([yellow(note)], call, "!", yellow);
  }

  #printFailure(call: Call, result: Result): void {
    const { depth } = call;
    const { red, dim, plain } = this.#styles;
    call.hasFailed = true;
    this.#counts.failed++;
    const text = result.text.trim() === "" ? "failed" : result.text;
    const count = countLines(text);
    let isBelow = result.isBelowCall;
    if (this.#options.ci !== undefined) {
      const isLong = count > FAILURE_LINES.head + FAILURE_LINES.tail || this.#isCut(call.label);
      const lines = isLong ? this.#groupLines(call, text) : [];
      if (lines.length > 0) this.#printGroup(call, { ...result, text }, lines);
      isBelow ||= lines.length > 0;
      this.#startBlock(call);
      if (this.#writer.annotate("error", failureAnnotation(call.label, result.text))) return;
    }
    if (isBelow) this.#startBlock(call);
    else this.#nameAgain(call, "✗", red, plain, result.time);
    const lines = count > 1
      ? this.#output.excerpt(text, depth, red, FAILURE_LINES, isBelow ? result.time : "")
      : this.#output.reason(text, depth);
    this.#printBody(lines, call, isBelow ? "✗" : "└", isBelow ? red : dim);
  }

  #printSuccess(call: Call, result: Result): void {
    const lines = this.#successLines(call, result.text, result.isBelowCall ? result.time : "");
    if (!result.isBelowCall) {
      this.#nameAgain(call, "✓", this.#styles.green, this.#styles.dim, result.time);
    } else if (lines.length > 0) {
      this.#startBlock(call);
    }
    this.#printBody(lines, call);
  }

  #successLines(call: Call, text: string, time: string): string[] {
    const { label, depth } = call;
    const { dim } = this.#styles;
    const timeOnly = time === "" ? [] : [dim(time)];
    switch (label.output) {
      case "nothing":
        return timeOnly;
      case "count": {
        const count = formatCount(countLines(text), "line");
        return [dim(time === "" ? count : `${count} · ${time}`)];
      }
      case "changes":
        if (label.changes.length === 0) return timeOnly;
        return this.#output.changes(label, depth, OUTPUT_LINES);
      case "lines":
        if (repeats(text, call.lastText)) return timeOnly;
        if (text.trim() === "") return [dim(time === "" ? "(no output)" : time)];
        return this.#output.excerpt(text, depth, dim, { head: OUTPUT_LINES }, time);
    }
  }

  /** Shows a result in a CI log: what it is about in one line, the output collapsed below. */
  #printCollapsed(call: Call, result: Result): void {
    const lines = this.#groupLines(call, result.text);
    if (lines.length > 0) {
      this.#printGroup(call, result, lines);
      return;
    }
    const note = this.#groupNote(call, result);
    if (!result.isBelowCall) {
      this.#nameAgain(call, "✓", this.#styles.green, this.#styles.dim, note);
    } else if (note !== "") {
      this.#startBlock(call);
      this.#printBody([this.#styles.dim(note)], call);
    }
  }

  #printGroup(call: Call, result: Result, lines: readonly string[]): void {
    const { depth, hasFailed } = call;
    const { red, green, dim, plain } = this.#styles;
    const note = this.#groupNote(call, result);
    const style = hasFailed ? red : result.isBelowCall ? dim : green;
    const mark = hasFailed ? "✗" : result.isBelowCall ? "└" : "✓";
    this.#startBlock(call);
    const title = result.isBelowCall
      ? `${style(mark)} ${dim(note)}`
      : this.#title(withoutSuffix(call), mark, style, plain, note);
    this.#writer.writeGroup(title, lines, depth, result.ms);
  }

  #groupNote(call: Call, { text, time }: Result): string {
    const count = this.#hasChanges(call)
      ? formatCount(call.label.changedCount, "changed line")
      : repeats(text, call.lastText)
      ? ""
      : text.trim() === ""
      ? "no output"
      : formatCount(countLines(text), "line");
    return [count, time].filter((part) => part !== "").join(" · ");
  }

  #groupLines(call: Call, text: string): string[] {
    const { label, depth, hasFailed } = call;
    const { red, dim, cyan } = this.#styles;
    const maxLines = GROUP_LINES.head + GROUP_LINES.tail;
    const lines: string[] = [];
    if (this.#hasChanges(call)) {
      lines.push(...this.#output.changes(label, depth, maxLines));
    } else if (!repeats(text, call.lastText) && text.trim() !== "") {
      lines.push(...this.#output.excerpt(text, depth, hasFailed ? red : dim, GROUP_LINES));
    }
    const indented = lines.map((line) => OUTPUT_INDENT + line);
    return this.#isCut(label) ? [`  ${cyan("●")} ${label.argument}`, ...indented] : indented;
  }

  #hasChanges({ label, hasFailed }: Call): boolean {
    return !hasFailed && label.output === "changes" && label.changes.length > 0;
  }

  /** Returns whether the title in a CI log has only a part of the argument. */
  #isCut(label: ToolLabel): boolean {
    const { plain } = this.#styles;
    const layout = { columns: TITLE_COLUMNS - 2, styles: this.#styles, style: plain };
    return !formatToolLabel(label, layout).includes(label.argument);
  }

  #startBlock(call: Call, id?: string): void {
    this.#options.sections.startSection(call.parent);
    this.#writer.startBlock("tool", call.depth, id);
  }

  /** Names a call whose result does not stand right below it. */
  #nameAgain(call: Call, mark: string, markStyle: Style, style: Style, note: string): void {
    this.#startBlock(call);
    this.#writer.write(this.#title(withoutSuffix(call), mark, markStyle, style, note), call.depth);
  }

  #title(
    { label, depth }: Pick<Call, "label" | "depth">,
    mark: string,
    markStyle: Style,
    style: Style,
    note = "",
  ): string {
    const isLog = this.#options.ci !== undefined;
    const columns = isLog ? TITLE_COLUMNS : this.#writer.availableColumns(depth);
    const available = columns === undefined ? undefined : columns - 2;
    const layout = { columns: available, styles: this.#styles, style, note };
    return `${markStyle(mark)} ${formatToolLabel(label, layout)}`;
  }

  /** Prints lines below a call: the first behind a mark, the others under it. */
  #printBody(
    lines: readonly string[],
    { depth }: Call,
    mark = "└",
    markStyle: Style = this.#styles.dim,
  ): void {
    for (const [at, line] of lines.entries()) {
      this.#writer.write(at === 0 ? `  ${markStyle(mark)} ${line}` : OUTPUT_INDENT + line, depth);
    }
  }
}

/** Returns a call that was shown before with its suffix. */
function withoutSuffix({ label, depth }: Call): Pick<Call, "label" | "depth"> {
  return { label: { ...label, suffix: "" }, depth };
}

/** Returns whether a result repeats what the subagent said last. */
function repeats(text: string, lastText: string): boolean {
  return lastText !== "" && text.trimStart().startsWith(lastText);
}

function isSameReason(text: string, reason: string): boolean {
  const [a, b] = [text.trim(), reason.trim()];
  return b !== "" && (a.includes(b) || b.includes(a));
}

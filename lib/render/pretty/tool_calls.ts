import type { CiLog } from "../../terminal/ci_log.ts";
import { denialAnnotation } from "../tool_annotation.ts";
import { unwrapToolError } from "../../claude/tools.ts";
import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { PathContext } from "../../util/display_path.ts";
import { formatSeconds } from "../../util/units.ts";
import type { BlockWriter } from "./block_writer.ts";
import { CollapsedResults } from "./collapsed_results.ts";
import type { ToolCounts } from "./footer.ts";
import { PlainResults, type ToolResults } from "./plain_results.ts";
import type { SubagentSections } from "./subagent_sections.ts";
import { ToolBlocks, type ToolCall, type ToolResult } from "./tool_blocks.ts";
import { type ToolLabel, toolLabel, unknownToolLabel } from "../tool_label.ts";
import { MAX_REASON_ROWS, ToolOutput } from "./tool_output.ts";

/** Options for {@linkcode ToolCallRenderer}. */
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

/** A CI log names a call in one line of this width; the group has the rest. */
const CI_TITLE_COLUMNS = 200;

/** The output of a denied tool rarely adds to the reason. */
const DENIAL_LINES = 2;

/** The time of a faster tool is not shown. */
const SLOW_MS = 1_000;

/** The width of an argument within a sentence. */
const SHORT_ARGUMENT_COLUMNS = 30;

/** Shows tool calls and their results. */
export class ToolCallRenderer {
  readonly #options: ToolCallOptions;
  readonly #blocks: ToolBlocks;
  readonly #output: ToolOutput;
  readonly #results: ToolResults;
  readonly #calls = new Map<string, ToolCall>();
  readonly #counts = { all: 0, failed: 0, denied: 0 };

  /** Creates a renderer that has seen no calls. */
  constructor(options: ToolCallOptions) {
    const { writer, styles, sections, ci } = options;
    this.#options = options;
    this.#blocks = new ToolBlocks(writer, styles, sections, ci && CI_TITLE_COLUMNS);
    this.#output = new ToolOutput(writer, styles);
    const shared = { writer, styles, blocks: this.#blocks, output: this.#output };
    const plain = new PlainResults(this.#blocks, this.#output, styles);
    this.#results = ci === undefined ? plain : new CollapsedResults({ ...shared, plain });
  }

  /** How many calls there were, and how many failed or were denied. */
  get counts(): ToolCounts {
    return this.#counts;
  }

  /** Returns the status of a call; undefined if it was not seen. */
  status(id: string): ToolCall["status"] | undefined {
    return this.#calls.get(id)?.status;
  }

  /** Returns the calls that are running, the last one last. */
  running(): Pick<ToolCall, "label" | "startedAt">[] {
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
  use({ id, name, input, parent_tool_use_id: parent }: EventOf<"tool_use">): void {
    const { writer, styles, sections, paths } = this.#options;
    const call = this.#createCall(toolLabel(name, input, paths()), parent);
    this.#calls.set(id, call);
    sections.add(id, call.label, parent);
    this.#counts.all++;
    this.#blocks.start(call, id);
    writer.write(this.#blocks.title(call, "●", styles.cyan), call.depth);
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
    const isBelowCall = this.#options.writer.lastBlockId === id;
    this.#blocks.start(call, isBelowCall ? id : undefined);
    if (this.#options.writer.annotate("warning", denialAnnotation(call.label, reason))) return;
    this.#printDenial(call, reason, isBelowCall);
  }

  #printDenial({ label, depth }: ToolCall, reason: string, isBelowCall: boolean): void {
    const { writer, styles } = this.#options;
    const { name, argument } = label;
    const subject = isBelowCall || argument === ""
      ? name
      : `${name} ${cutEnd(argument, SHORT_ARGUMENT_COLUMNS)}`;
    const why = reason.trim() === "" ? "" : `: ${sanitizeLine(reason)}`;
    const rows = wrapText(`${subject} denied${why}`, {
      columns: writer.availableColumns(depth),
      styles,
      mark: isBelowCall ? "  ! " : "! ",
      markStyle: styles.yellow,
      style: styles.yellow,
      maxRows: MAX_REASON_ROWS,
    });
    for (const row of rows) writer.write(row, depth);
  }

  /** Shows a result. */
  result(event: EventOf<"tool_result">): void {
    const { tool_use_id: id, is_error: isError, duration_ms: ms } = event;
    const call = this.#callOf(event);
    // Content that is not text has no lines, but a description.
    if (event.content !== undefined && call.label.output === "count") {
      call.label = { ...call.label, output: "lines" };
    }
    this.#printResult(call, event, {
      text: isError ? unwrapToolError(event.text) : event.text,
      isBelowCall: this.#options.writer.lastBlockId === id,
      time: ms !== null && ms >= SLOW_MS ? formatSeconds(ms) : "",
      ms: ms ?? undefined,
    });
    call.status = "ended";
    // The call stays known, because its subagent may continue; the input does not.
    call.label = { ...call.label, changes: [] };
    call.lastText = "";
  }

  #printResult(call: ToolCall, event: EventOf<"tool_result">, result: ToolResult): void {
    if (call.denial !== undefined) {
      this.#printDeniedResult(call, result.text, call.denial);
    } else if (event.is_error && event.interrupted) {
      this.#printInterrupted(call, result);
    } else if (event.is_error) {
      call.hasFailed = true;
      this.#counts.failed++;
      const text = result.text.trim() === "" ? "failed" : result.text;
      this.#results.failure(call, { ...result, text });
    } else {
      this.#results.success(call, result);
    }
  }

  #printDeniedResult(call: ToolCall, text: string, reason: string): void {
    if (text.trim() === "" || isSameReason(text, reason)) return;
    const { dim } = this.#options.styles;
    this.#blocks.start(call);
    const lines = this.#output.excerpt(text, call.depth, dim, { head: DENIAL_LINES });
    this.#blocks.printBody(lines, call);
  }

  /** Shows a tool that was stopped with the run, which is no failure of the tool. */
  #printInterrupted(call: ToolCall, { isBelowCall, time }: ToolResult): void {
    const { yellow, plain } = this.#options.styles;
    const note = time === "" ? "interrupted" : `interrupted after ${time}`;
    if (!isBelowCall) return this.#blocks.printAgain(call, "!", yellow, plain, note);
    this.#blocks.start(call);
    this.#blocks.printBody([yellow(note)], call, "!", yellow);
  }

  #createCall(label: ToolLabel, parent: string | undefined): ToolCall {
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

  #callOf(event: EventOf<"tool_result" | "permission_denied">): ToolCall {
    return this.#calls.get(event.tool_use_id) ??
      this.#createCall(unknownToolLabel(event.name), event.parent_tool_use_id);
  }
}

function isSameReason(text: string, reason: string): boolean {
  const [a, b] = [text.trim(), reason.trim()];
  return b !== "" && (a.includes(b) || b.includes(a));
}

import type { EventOf, RunEvent } from "../../events.ts";
import {
  describeToolCall,
  givesAnswer,
  readableToolName,
  type ToolInput,
  unwrapToolError,
} from "../../claude/tools.ts";
import { shortPath } from "../../util/display_path.ts";
import { LastText } from "../../util/last_text.ts";
import { detach, truncate } from "../../util/truncate.ts";
import { resultState, type ToolCallState } from "../../util/tool_call_state.ts";
import { KEPT_FIRST_ROWS, type SummaryCall, type SummaryData, type SummaryRow } from "./data.ts";
import { keptExcerpt } from "./excerpt.ts";
import { noteOf } from "./notes.ts";

const MAX_ROWS = 300;
const MAX_NOTES = 40;
const MAX_CHANGES = 10;
const MAX_TEXT_LENGTH = 160;
const MAX_ARGUMENT_LENGTH = 200;
const MAX_NOTE_LENGTH = 1_000;

/** Collects the data of a page from events. It keeps a limited amount, however long the run is. */
export class SummaryCollector {
  readonly data: SummaryData = {
    rows: [],
    omittedRows: 0,
    notes: [],
    omittedNotes: 0,
    counts: { all: 0, running: 0, done: 0, failed: 0, denied: 0, interrupted: 0 },
    paths: {},
    changes: [],
    lastText: new LastText(),
  };
  /** The calls in the rows, by the ID of the tool use. */
  #calls = new Map<string, SummaryCall>();

  constructor(home: string | undefined) {
    this.data.paths = { home };
  }

  record(event: RunEvent): void {
    this.#addNote(event);
    switch (event.type) {
      case "start":
        this.data.start = event;
        this.#setDirectory(event.cwd);
        break;
      case "session_info":
        this.data.session = { ...this.data.session, ...event };
        this.#setDirectory(event.cwd);
        break;
      case "text":
        this.#addText(event);
        break;
      case "tool_use":
        if (givesAnswer(event.name)) break;
        this.#addCall(event.id, event.name, event.input, event.parent_tool_use_id);
        break;
      case "tool_result":
        if (!givesAnswer(event.name)) this.#recordResult(event);
        break;
      case "permission_denied":
        this.#recordDenial(event);
        break;
      case "notice":
        this.#recordNotice(event);
        break;
      case "result":
        this.data.result = event;
        this.data.answerRow = event.ok ? this.#lastTextRow() : undefined;
        break;
      case "error":
        this.data.error = event;
        break;
      case "exit":
        this.data.exit = event;
        if (!event.ok) this.#interruptRunningCalls();
        break;
    }
  }

  #setDirectory(cwd: string | null | undefined): void {
    if (cwd) this.data.paths = { ...this.data.paths, cwd };
  }

  #recordNotice(event: EventOf<"notice">): void {
    const { retracts, url } = event;
    this.data.lastText.record(event);
    if (url !== undefined) this.#addChange(url);
    if (retracts === undefined) return;
    this.data.rows = this.data.rows.filter(({ messageId = "" }) => !retracts.includes(messageId));
  }

  #addChange(url: string): void {
    const { changes } = this.data;
    const others = changes.filter((change) => change !== url);
    changes.splice(0, changes.length, url, ...others.slice(0, MAX_CHANGES - 1));
  }

  #addText(event: EventOf<"text">): void {
    const { text, synthetic, message_id: messageId } = event;
    const isNested = event.parent_tool_use_id !== undefined;
    // Claude Code writes API errors as synthetic text. They are in the error as well.
    if (synthetic && !isNested) return;
    const { lastText } = this.data;
    const continuedRow = lastText.isContinuedBy(event) ? this.#lastTextRow() : undefined;
    lastText.record(event);
    if (continuedRow !== undefined) continuedRow.step = firstLine(lastText.start);
    else if (text.trim() !== "") this.#addRow({ step: firstLine(text), messageId, isNested });
  }

  #addRow(row: SummaryRow): void {
    const { rows } = this.data;
    rows.push(row);
    if (rows.length <= MAX_ROWS) return;
    // A running call keeps its row if possible, because its result belongs there.
    const ended = rows.findIndex((row, index) => index >= KEPT_FIRST_ROWS && !isRunning(row));
    const [removed] = rows.splice(ended === -1 ? KEPT_FIRST_ROWS : ended, 1);
    if (typeof removed?.step === "object") this.#calls.delete(removed.step.id);
    this.data.omittedRows++;
  }

  #lastTextRow(): SummaryRow | undefined {
    const last = this.data.rows.at(-1);
    return typeof last?.step === "string" && !last.isNested ? last : undefined;
  }

  #addCall(
    id: string,
    name: string,
    input: ToolInput,
    parent: string | undefined,
  ): SummaryCall {
    const { argument, isPath, details, output } = describeToolCall(name, input);
    const shownArgument = isPath ? shortPath(argument, this.data.paths) : argument;
    const call: SummaryCall = {
      id,
      name: detach(truncate(readableToolName(name), MAX_ARGUMENT_LENGTH)),
      argument: detach(truncate(shownArgument, MAX_ARGUMENT_LENGTH)),
      details: keptExcerpt(details),
      outputKind: output,
      state: "running",
      durationMs: null,
      output: "",
    };
    this.data.counts.all++;
    this.data.counts.running++;
    this.#calls.set(id, call);
    this.#addRow({ step: call, isNested: parent !== undefined });
    return call;
  }

  /** Returns the call of an event. Adds it if its start was not recorded. */
  #findOrAddCall(event: EventOf<"tool_result" | "permission_denied">): SummaryCall {
    const { tool_use_id: id, name, parent_tool_use_id: parent } = event;
    return this.#calls.get(id) ?? this.#addCall(id, name, {}, parent);
  }

  #setState(call: SummaryCall, state: ToolCallState): void {
    this.data.counts[call.state]--;
    this.data.counts[state]++;
    call.state = state;
  }

  #recordResult(event: EventOf<"tool_result">): void {
    const call = this.#findOrAddCall(event);
    call.durationMs = event.duration_ms;
    if (call.state === "running") this.#setState(call, resultState(event));
    // An interrupted call has no output of its own, and that of an edit or a plan only confirms it.
    const isConfirmation = call.outputKind === "changes" || call.outputKind === "nothing";
    if (call.state === "interrupted" || (call.state === "done" && isConfirmation)) return;
    call.output = keptExcerpt(event.is_error ? unwrapToolError(event.text) : event.text);
  }

  #recordDenial(event: EventOf<"permission_denied">): void {
    const call = this.#findOrAddCall(event);
    this.#setState(call, "denied");
    if (call.output === "") call.output = keptExcerpt(unwrapToolError(event.reason ?? ""));
  }

  #interruptRunningCalls(): void {
    for (const call of this.#calls.values()) {
      if (call.state === "running") this.#setState(call, "interrupted");
    }
  }

  #addNote(event: RunEvent): void {
    const note = noteOf(event);
    if (note === undefined) return;
    const text = detach(truncate(note.text, MAX_NOTE_LENGTH));
    const { notes } = this.data;
    const last = notes.at(-1);
    if (last?.text === text) {
      last.count++;
      return;
    }
    notes.push({ level: note.level, text, count: 1 });
    if (notes.length <= MAX_NOTES) return;
    notes.shift();
    this.data.omittedNotes++;
  }
}

function firstLine(text: string): string {
  const [line = ""] = text.trim().split("\n", 1);
  return detach(truncate(line, MAX_TEXT_LENGTH));
}

function isRunning({ step }: SummaryRow): boolean {
  return typeof step === "object" && step.state === "running";
}

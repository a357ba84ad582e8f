import type { EventOf, RunEvent } from "../events.ts";
import type { ExitReason } from "../exit_codes.ts";
import { headAndTail } from "../terminal/head_and_tail.ts";
import {
  mcpServerNotice,
  type Notice,
  noticeNotice,
  rateLimitNotice,
  retryNotice,
  taskNotice,
} from "../render/pretty/notices.ts";
import type { Renderer } from "../render/renderer.ts";
import type { PathContext } from "../util/display_path.ts";
import {
  type CountedNote,
  type Excerpt,
  renderPage,
  type SummaryCall,
  type SummaryData,
  type SummaryRow,
} from "./summary_page.ts";
import { type ToolLabel, toolLabel, unknownToolLabel } from "../render/pretty/tool_label.ts";
import { unwrapToolError } from "../claude/tools.ts";

/** Options of {@linkcode createSummary}. */
export interface SummaryOptions {
  /** The home directory, shown as `~`. */
  home?: string | undefined;
}

/** A run as a page of Markdown. */
export interface Summary extends Renderer {
  /**
   * What is to be published of the run so far; all of it once `exit` has come.
   *
   * @param maxBytes what it may take in UTF-8; without it, a little less than GitHub takes
   */
  markdown(maxBytes?: number): string;
}

/** Rows that are kept: the first ones, those that tell of trouble, and the last ones. */
const MAX_ROWS = 500;
const FIRST_ROWS = 50;

/** What is kept of a tool's output, in characters, before and after what is left out. */
const OUTPUT_HEAD = 2_000;
const OUTPUT_TAIL = 2_000;

/** What is kept of all outputs, in characters. */
const MAX_OUTPUTS = 500_000;

/** What is kept of an answer. Who writes more writes a file, and that is what `--output` is for. */
const ANSWER_HEAD = 200_000;

/** What is kept of what was said last, in a run that failed. */
const SAID_TAIL = 20_000;

/** What is kept of a text in a table, of an error and of what claude wrote on stderr. */
const SAID_IN_ROW = 160;
const ERROR_LENGTH = 4_000;
const STDERR_TAIL = 8_000;

/** Notes that are kept: the first ones and the last ones. */
const MAX_NOTES = 40;
const FIRST_NOTES = 20;
const NOTE_LENGTH = 1_000;

/** Ends that come from outside. A tool that has no result then was interrupted. */
const STOPPED: ReadonlySet<ExitReason> = new Set([
  "timeout",
  "hangup",
  "interrupt",
  "quit",
  "pipe",
  "terminate",
]);

/** It hands in the structured output, which is the answer: what it says of that is nobody's. */
const HANDS_IN = "StructuredOutput";

const MAX_MODELS = 20;
const MAX_DEPTH = 3;

/** A little less than the 1 MiB that GitHub takes. */
const DEFAULT_MAX_BYTES = 1_000_000;

/**
 * Makes a {@linkcode Summary}: the first thing that a person sees of a run in CI. However long the
 * run and however large its outputs, what is kept of it is bounded.
 *
 * @example
 * ```ts
 * import { createSummary } from "./summary.ts";
 * import { replay } from "../run/replay.ts";
 *
 * const summary = createSummary();
 * const recording = new Blob(['{"type":"result","subtype":"success","result":"hi"}']);
 * for await (const event of replay(recording.stream())) summary.event(event);
 * console.log(summary.markdown().includes("> hi")); // true
 * ```
 */
export function createSummary(options: SummaryOptions = {}): Summary {
  const { home } = options;
  const rows: SummaryRow[] = [];
  /** The calls in the rows, by id. */
  const calls = new Map<string, { call: SummaryCall; depth: number }>();
  const counts = { all: 0, running: 0, done: 0, failed: 0, denied: 0, interrupted: 0 };
  const notes: CountedNote[] = [];
  const hidden = { at: MAX_ROWS, calls: 0, texts: 0 };
  let hiddenNotes = 0;
  let outputsLength = 0;
  let start: SummaryData["start"];
  let session: SummaryData["session"] = {};
  let said: Excerpt | undefined;
  let result: SummaryData["result"];
  let error: SummaryData["error"];
  let exit: SummaryData["exit"];

  function places(): PathContext {
    return {
      ...(session.cwd !== undefined ? { cwd: session.cwd } : {}),
      ...(home ? { home } : {}),
    };
  }

  function depthOf(parent: string | undefined): number {
    return parent === undefined ? 0 : Math.min(MAX_DEPTH, (calls.get(parent)?.depth ?? 0) + 1);
  }

  function addRow(row: SummaryRow): void {
    rows.push(row);
    if (rows.length <= MAX_ROWS) return;
    // What went well in the midst is missed least.
    const well = rows.findIndex((row, at) =>
      at >= FIRST_ROWS && (row.call === undefined || row.call.state === "done")
    );
    const at = well === -1 || well >= rows.length - 1 ? FIRST_ROWS : well;
    const [gone] = rows.splice(at, 1);
    hidden.at = Math.min(hidden.at, at);
    if (gone?.call === undefined) {
      hidden.texts++;
      return;
    }
    hidden.calls++;
    drop(gone.call);
    for (const [id, { call }] of calls) {
      if (call !== gone.call) continue;
      calls.delete(id);
      break;
    }
  }

  function addCall(id: string, line: ToolLabel, parent: string | undefined): SummaryCall {
    counts.all++;
    counts.running++;
    const call: SummaryCall = {
      line,
      state: "running",
      ms: null,
      reason: "",
      output: undefined,
      isDropped: false,
    };
    const depth = depthOf(parent);
    calls.set(id, { call, depth });
    addRow({ depth, call });
    return call;
  }

  function move(call: SummaryCall, state: SummaryCall["state"]): void {
    counts[call.state]--;
    counts[state]++;
    call.state = state;
  }

  function known(
    id: string,
    event: EventOf<"tool_result" | "permission_denied">,
  ): SummaryCall {
    return calls.get(id)?.call ??
      addCall(id, unknownToolLabel(copyOf(event.name, 200)), event.parent_tool_use_id);
  }

  function drop(call: SummaryCall): void {
    outputsLength -= lengthOf(call.output);
    call.output = undefined;
  }

  /** Keeps an output; where all are too much, the oldest goes that tells of no failure. */
  function keepOutput(call: SummaryCall, text: string): void {
    drop(call);
    const isNews = call.state === "done"
      ? call.line.output !== "nothing" && call.line.name !== HANDS_IN
      : call.state !== "interrupted";
    if (text.trim() === "" || !isNews) return;
    call.output = excerptOf(text, OUTPUT_HEAD, OUTPUT_TAIL);
    outputsLength += lengthOf(call.output);
    for (const isWell of [true, false]) {
      for (const { call: old } of rows) {
        if (outputsLength <= MAX_OUTPUTS) return;
        if (old?.output === undefined || old === call) continue;
        if ((old.state === "done") !== isWell) continue;
        drop(old);
        old.isDropped = true;
      }
    }
  }

  function note(note: Notice | undefined, about?: CountedNote["about"]): void {
    if (note === undefined || note.level === "info" || note.level === "done") return;
    const text = copyOf(note.text, NOTE_LENGTH);
    const last = notes.at(-1);
    if (last !== undefined && last.note.text === text && last.note.label === note.label) {
      last.count++;
      return;
    }
    notes.push({ note: { ...note, text }, count: 1, about });
    if (notes.length > MAX_NOTES) {
      notes.splice(FIRST_NOTES, 1);
      hiddenNotes++;
    }
  }

  return {
    event(event: RunEvent) {
      const parent = event.parent_tool_use_id;
      switch (event.type) {
        case "start":
          start = event;
          if (event.cwd !== null) session = { ...session, cwd: event.cwd };
          break;
        case "session_info":
          session = {
            ...session,
            id: event.session_id,
            ...(event.model !== undefined ? { model: event.model } : {}),
            ...(event.cwd !== undefined ? { cwd: event.cwd } : {}),
            ...(event.claude_version !== undefined ? { version: event.claude_version } : {}),
          };
          for (const { name, status } of event.mcp_servers ?? []) {
            note(mcpServerNotice(name, status));
          }
          break;
        case "text": {
          if (event.text.trim() === "") break;
          // What Claude Code says itself, that the API failed, is the error or the answer.
          if (event.synthetic && parent === undefined) break;
          addRow({ depth: depthOf(parent), said: shortened(event.text) });
          if (parent === undefined) said = excerptOf(event.text, 0, SAID_TAIL);
          break;
        }
        case "tool_use":
          addCall(event.id, boundedLine(toolLabel(event.name, event.input, places())), parent);
          break;
        case "tool_result": {
          const call = known(event.tool_use_id, event);
          call.ms = event.duration_ms;
          if (event.is_error && call.state !== "denied") {
            move(call, event.interrupted ? "interrupted" : "failed");
          } else if (!event.is_error && call.state === "running") move(call, "done");
          keepOutput(call, event.is_error ? unwrapToolError(event.text) : event.text);
          break;
        }
        case "permission_denied": {
          const call = known(event.tool_use_id, event);
          if (call.state === "denied") break;
          move(call, "denied");
          call.reason = copyOf(unwrapToolError(event.reason ?? ""), ERROR_LENGTH);
          break;
        }
        case "retry":
          note({ ...retryNotice(event), label: "retry" });
          break;
        case "rate_limit":
          note(rateLimitNotice(event));
          break;
        case "task":
          note(
            taskNotice(withoutRepetition(event)),
            event.tool_use_id === undefined ? undefined : calls.get(event.tool_use_id)?.call,
          );
          break;
        case "notice":
          note(noticeNotice(event), "run");
          break;
        case "result":
          result = {
            ok: event.ok,
            text: excerptOf(event.text, ANSWER_HEAD, 0),
            structured: event.structured_output === undefined
              ? undefined
              : excerptOf(JSON.stringify(event.structured_output, null, 2), ANSWER_HEAD, 0),
            models: Object.entries(event.models ?? {}).slice(0, MAX_MODELS)
              .map(([name, usage]) => [copyOf(name, 200), usage] as const),
          };
          break;
        case "error": {
          const { message, hint = "" } = event.error;
          error = { message: copyOf(message, ERROR_LENGTH), hint: copyOf(hint, ERROR_LENGTH) };
          break;
        }
        case "exit": {
          const { stderr = "", ...rest } = event;
          const end = excerptOf(stderr, 0, STDERR_TAIL).tail;
          exit = { ...rest, ...(end.trim() === "" ? {} : { stderr: end }) };
          if (!STOPPED.has(event.reason)) break;
          for (const { call } of rows) if (call?.state === "running") move(call, "interrupted");
        }
      }
    },
    markdown(maxBytes = DEFAULT_MAX_BYTES) {
      return renderPage({
        rows,
        hidden,
        notes,
        hiddenNotes,
        counts,
        start,
        session,
        places: places(),
        said,
        result,
        error,
        exit,
      }, maxBytes);
    },
  };
}

/** A task whose summary says what it was to do, and no more, without it. */
function withoutRepetition(event: EventOf<"task">): EventOf<"task"> {
  const { summary, ...rest } = event;
  return summary === undefined || summary === event.description ? rest : event;
}

/** A copy of the beginning of a text: a slice would keep all of it in memory. */
function copyOf(text: string, length: number): string {
  return flat(text.length <= length ? text : `${text.slice(0, length - 1)}…`);
}

function flat(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

/** The beginning of a text and its end, neither cut within a character. */
function excerptOf(text: string, headLength: number, tailLength: number): Excerpt {
  if (text.length <= headLength + tailLength) {
    // A text that is kept for its end is all end.
    const whole = flat(text);
    return headLength === 0
      ? { head: "", tail: whole, hidden: 0 }
      : { head: whole, tail: "", hidden: 0 };
  }
  const head = flat(text.slice(0, headLength).replace(/[\ud800-\udbff]$/, ""));
  const tail = tailLength === 0
    ? ""
    : flat(text.slice(-tailLength).replace(/^[\udc00-\udfff]/, ""));
  return { head, tail, hidden: text.length - head.length - tail.length };
}

function lengthOf(excerpt: Excerpt | undefined): number {
  return excerpt === undefined ? 0 : excerpt.head.length + excerpt.tail.length;
}

/** The first line of what the model said. */
function shortened(text: string): string {
  const [line = ""] = headAndTail(text, 1).head;
  return copyOf(line.trim(), SAID_IN_ROW);
}

/** The number of changed lines that a row shows; the others are counted. */
const MAX_CHANGES = 20;

/** A call whose argument and changes are no longer than a row shows. */
function boundedLine(line: ToolLabel): ToolLabel {
  return {
    ...line,
    name: flat(line.name),
    argument: copyOf(line.argument, 300),
    suffix: flat(line.suffix),
    changes: line.changes.slice(0, MAX_CHANGES).map((change) => copyOf(change, 300)),
  };
}

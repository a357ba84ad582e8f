import type { EventOf, RunEvent } from "../../events.ts";
import { createToolCallRenderer } from "./tool_calls.ts";
import type { CiLog } from "../../ci/log.ts";
import { footer } from "./footer.ts";
import { headAndTail } from "../../util/head_and_tail.ts";
import { headerRows } from "./header.ts";
import { createPendingAnswer } from "./pending_answer.ts";
import {
  createRetryDeduplicator,
  mcpServerNotice,
  type Notice,
  noticeNotice,
  rateLimitNotice,
  rawNotice,
  RETRY_TITLE,
  retryNotice,
  taskNotice,
  unknownNotice,
} from "./notices.ts";
import type { Renderer } from "../renderer.ts";
import { createBlockWriter } from "./block_writer.ts";
import type { PathContext } from "../../util/display_path.ts";
import { containsText } from "../../util/contains_text.ts";
import { wrapText } from "../../terminal/wrap.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import { type Measured, statusLine } from "./status_line.ts";
import type { Style } from "../../terminal/styles.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { createAssistantText } from "./assistant_text.ts";
import { formatClock, formatCount } from "../../util/units.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd } from "../../terminal/width.ts";

/** Calls back again and again, and gives what stops that. */
export type Interval = (callback: () => void, ms: number) => () => void;

/** Options of {@linkcode createProgressRenderer}. */
export interface ProgressOptions extends PathContext {
  /**
   * Whether the last text is held until it is known not to be the answer, because the
   * answer is printed elsewhere. Only a text that was not streamed can be held.
   */
  hold: boolean;
  /**
   * The time in milliseconds since any moment.
   *
   * @default {performance.now}
   */
  clock?: () => number;
  /**
   * The commands of the CI system that keeps the log: tool calls are folded, failures annotated.
   *
   * @default {none of them}
   */
  ci?: CiLog | undefined;
  /**
   * What repaints the live line.
   *
   * @default {setInterval, without keeping the process alive}
   */
  repeat?: Interval;
}

/** The `pretty` progress of a run. */
export interface ProgressRenderer extends Renderer {
  /**
   * The last complete text outside of sub-agents that is shown, as it came; empty when
   * there is none. When that is the final answer, it need not be printed again.
   */
  shownText(): string;
  /** Prints a line of ccrun's own that is no event's. */
  tell(line: string): void;
  /** Ends what is begun and takes the live line away, for a run that ends without an `exit` event. */
  stop(): void;
}

/** As fast as a spinner turns calmly. */
const REPAINT_MS = 100;

/** While text comes, it is life enough: the live line appears when nothing came for as long. */
const SILENCE_MS = 1_000;

/** A warning longer than this is folded. */
const NOTE_ROWS = 4;

/** Nothing else repeats what a failure says: there is room for more of it than of other lines. */
const ERROR_LIMIT = 4_000;

/** Lines of one message on claude's stderr that are shown. */
const STDERR_LINES = 5;

const MARKS = { info: "·", warning: "!", error: "✗", done: "✓" } as const;

function repeatUnref(callback: () => void, ms: number): () => void {
  const timer = setInterval(callback, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

/**
 * Shows a run to a person: a header, texts, tool calls with a little of their output,
 * what went wrong, a closing line; on a terminal also a last line that moves.
 *
 * @example
 * ```ts ignore
 * const progress = createProgressRenderer(sink, terminal, { hold: false, home: "/home/ada" });
 * for await (const event of events) progress.event(event);
 * ```
 */
export function createProgressRenderer(
  sink: BufferedWriter,
  screen: Terminal,
  options: ProgressOptions,
): ProgressRenderer {
  const { ci } = options;
  const terminal = ci === undefined ? screen : logOn(screen);
  const { styles } = terminal;
  const clock = options.clock ?? (() => performance.now());
  const repeat = options.repeat ?? repeatUnref;

  const startedAt = clock();
  let stopRepeating: (() => void) | undefined;
  let running = false;
  let frame = 0;

  let cwd = options.cwd;
  let session: EventOf<"session_info"> | undefined;
  let headerDue = false;
  const warned = new Set<string>();
  let rateLimit = "";
  const isRetryNews = createRetryDeduplicator();

  let phase = "starting claude";
  let streamedAt = -Infinity;
  let retry: { label: string; until: number } | undefined;
  const tasks = new Map<string, string>();
  let tokensIn = 0;
  let tokensOut = 0;

  let shown = "";
  /** What a failed result said, until it is known whether the error says it too. */
  let failure: string[] = [];

  const page = createBlockWriter(sink, terminal, status, ci);
  const calls = createToolCallRenderer(
    page,
    terminal,
    () => ({ home: options.home, cwd }),
    clock,
    ci,
  );
  const texts = createAssistantText(page, terminal, calls);
  const held = createPendingAnswer(showBlock);

  function printHeader(): void {
    if (!headerDue || session === undefined) return;
    headerDue = false;
    page.begin("header", 0);
    const rows = headerRows(session, { cwd, home: options.home }, page.room(0), styles);
    for (const row of rows) page.line(row, 0);
  }

  function status(columns: number): Measured | undefined {
    const now = clock();
    if (!running || now - streamedAt < SILENCE_MS) return undefined;
    const common = { frame, elapsedMs: now - startedAt, tokensIn, tokensOut };
    return statusLine({ ...common, ...activity(now) }, columns, styles);
  }

  function activity(now: number) {
    if (retry !== undefined) {
      const left = retry.until - now;
      return { activity: retry.label, argument: left > 0 ? `in ${formatClock(left)}` : "" };
    }
    const tools = calls.running();
    const tool = tools.at(-1);
    if (tool !== undefined) {
      return {
        activity: tool.line.name,
        argument: tool.line.argument,
        activityMs: now - tool.startedAt,
        others: tools.length - 1,
      };
    }
    const task = [...tasks.values()].at(-1);
    return task === undefined ? { activity: phase } : { activity: "task", argument: task };
  }

  function styleOf(level: Notice["level"]): Style {
    return {
      info: styles.dim,
      warning: styles.yellow,
      error: styles.red,
      done: styles.green,
    }[level];
  }

  /** @param title what it is annotated with in CI, if it is */
  function printNote(note: Notice, parent: string | undefined, title?: string): void {
    const depth = calls.enter(parent);
    const style = styleOf(note.level);
    const mark = MARKS[note.level];
    page.begin("note", depth);
    if (title !== undefined && (note.level === "warning" || note.level === "error")) {
      const message = `${note.label}: ${sanitizeLine(note.text)}`;
      if (page.annotate(note.level, { title, message })) return;
    }
    if (note.level === "info") {
      const room = page.room(depth) ?? Infinity;
      page.line(style(cutEnd(`${mark} ${note.label}: ${sanitizeLine(note.text)}`, room)), depth);
      return;
    }
    const rows = wrapText(`${note.label}: ${sanitizeLine(note.text)}`, {
      room: page.room(depth),
      styles,
      mark: `${mark} `,
      markStyle: style,
      style: note.level === "done" ? styles.dim : style,
      ...(note.isWhole ? {} : { most: NOTE_ROWS }),
    });
    for (const row of rows) page.line(row, depth);
  }

  function printStderr(text: string, parent: string | undefined): void {
    const { head, hidden } = headAndTail(text, STDERR_LINES);
    if (head.length === 0) return;
    const depth = calls.enter(parent);
    const room = page.room(depth) ?? Infinity;
    page.begin("note", depth);
    if (hidden > 0) head.push(`… +${formatCount(hidden, "line")}`);
    for (const line of head) page.line(styles.dim(cutEnd(`claude: ${line}`, room)), depth);
  }

  function canHold(event: EventOf<"text" | "thinking">): event is EventOf<"text"> {
    if (event.type !== "text" || event.parent_tool_use_id !== undefined) return false;
    // What claude itself says is often the failure, which is told with the error.
    return (options.hold || event.synthetic === true) && !texts.isStreamed(event);
  }

  function showBlock(event: EventOf<"text" | "thinking">): void {
    texts.block(event);
    const parent = event.parent_tool_use_id;
    if (event.type !== "text") return;
    if (parent === undefined) shown = event.text;
    else calls.said(parent, event.text);
  }

  function sessionInfo(event: EventOf<"session_info">): void {
    const isNew = session?.session_id !== event.session_id || headerDue;
    session = { ...session, ...event };
    cwd = event.cwd ?? cwd;
    if (isNew) {
      headerDue = true;
      // It waits for the model to be known, or for the first thing that is printed.
      page.lead(printHeader);
    }
    if (event.model !== undefined) printHeader();
    for (const { name, status } of event.mcp_servers ?? []) {
      const note = mcpServerNotice(name, status);
      const key = `${name} ${status}`;
      if (note === undefined || warned.has(key)) continue;
      warned.add(key);
      printNote(note, undefined);
    }
  }

  function task(event: EventOf<"task">): void {
    const { task_id: id, tool_use_id: toolUse, status, description, summary } = event;
    if (status === "started" || status === "progress") {
      const what = description ?? summary ?? tasks.get(id);
      if (what !== undefined) tasks.set(id, sanitizeLine(what));
      return;
    }
    tasks.delete(id);
    const tool = toolUse === undefined ? undefined : calls.state(toolUse);
    // The call's own result tells how it ended, unless that came when the task had only begun.
    if (tool === "running" || (tool === "ended" && status === "completed")) return;
    const note = taskNotice(event);
    if (note !== undefined) printNote(note, event.parent_tool_use_id);
  }

  function result(event: EventOf<"result">): void {
    phase = "finishing";
    if (event.ok) return;
    const said = shown.trim();
    for (const text of [event.text, ...event.errors]) {
      const line = text.trim();
      const known = line === "" || failure.includes(line) || said === line ||
        (said !== "" && said.endsWith(line));
      if (!known) failure.push(line);
    }
  }

  function printFailure(except = ""): void {
    for (const line of failure) {
      if (containsText(except, line)) continue;
      page.always(() => printNote({ level: "error", label: "failed", text: line }, undefined));
    }
    failure = [];
  }

  function error(event: EventOf<"error">): void {
    const { kind, message, hint } = event.error;
    texts.allOver();
    printFailure(message);
    // Its reader has left: the run ends quietly.
    if (kind === "pipe") return;
    page.always(() => printError(message, hint, kind));
  }

  function printError(message: string, hint: string | undefined, kind: string): void {
    // In a log with other programs' lines, where no header says whose it is.
    const isAlone = session === undefined;
    const label = isAlone ? "ccrun: error: " : "error: ";
    calls.enter(undefined);
    page.begin("end", 0);
    const what = sanitizeLine(message, ERROR_LIMIT);
    const said = [`${isAlone ? "ccrun: " : ""}${what}`];
    if (hint !== undefined) said.push(sanitizeLine(hint));
    const annotation = { title: `ccrun: ${kind}`, message: said.join("\n") };
    if (page.annotate("failure", annotation)) return;
    const layout = { room: page.room(0), styles };
    const red = { mark: label, markStyle: boldRed, style: styles.red };
    const plain = { mark: " ".repeat(label.length), markStyle: styles.plain, style: styles.plain };
    const rows = wrapText(what, { ...layout, ...red });
    if (hint !== undefined) rows.push(...wrapText(sanitizeLine(hint), { ...layout, ...plain }));
    for (const row of rows) if (row.trim() !== "") page.line(row, 0);
  }

  function boldRed(text: string): string {
    return styles.bold(styles.red(text));
  }

  function exit(event: EventOf<"exit">): void {
    texts.allOver();
    printFailure();
    const began = session !== undefined || event.turns > 0 || calls.counts.all > 0;
    if (began) {
      page.always(() => {
        if (page.leftOut > 0) {
          const lines = formatCount(page.leftOut, "line");
          page.begin("note", 0);
          page.line(styles.dim(`· left out of this log: ${lines}`), 0);
        }
        page.begin("end", 0);
        page.line(footer(event, calls.counts, page.room(0), styles), 0);
      });
    }
    stop();
  }

  function stop(): void {
    running = false;
    stopRepeating?.();
    stopRepeating = undefined;
    texts.allOver();
    held.release();
    page.end();
  }

  function handle(event: RunEvent): void {
    const parent = event.parent_tool_use_id;
    switch (event.type) {
      case "start":
        cwd = event.cwd ?? cwd;
        running = true;
        if (terminal.live) {
          stopRepeating ??= repeat(() => {
            frame++;
            page.tick();
          }, REPAINT_MS);
        }
        break;
      case "session_info":
        if (phase === "starting claude") phase = "waiting for the model";
        sessionInfo(event);
        break;
      case "text_delta":
      case "thinking_delta":
        retry = undefined;
        phase = event.type === "text_delta" ? "writing" : "thinking";
        streamedAt = clock();
        texts.delta(event);
        break;
      case "text":
      case "thinking":
        retry = undefined;
        phase = "waiting for the model";
        streamedAt = -Infinity;
        if (canHold(event)) held.take(event);
        else showBlock(event);
        break;
      case "user_text":
        if (event.kind === "synthetic" || event.kind === "other") {
          texts.over(parent);
          // Claude Code writes in the user's place, too.
          const label = event.kind === "synthetic" ? "note" : "user";
          printNote({ level: "info", label, text: event.text }, parent);
        }
        break;
      case "tool_use":
        retry = undefined;
        texts.over(parent);
        calls.use(event);
        break;
      case "tool_progress":
        calls.progress(event);
        break;
      case "tool_result":
        phase = "waiting for the model";
        texts.over(parent);
        calls.result(event);
        break;
      case "permission_denied":
        calls.denied(event);
        break;
      case "task":
        task(event);
        break;
      case "retry": {
        const note = retryNotice(event);
        retry = {
          label: `retry ${event.attempt}/${event.max_retries}`,
          until: clock() + event.delay_ms,
        };
        printNote(note, parent, isRetryNews(event) ? RETRY_TITLE : undefined);
        break;
      }
      case "rate_limit": {
        const note = rateLimitNotice(event);
        const key = `${event.status} ${event.kind}`;
        if (note !== undefined && key !== rateLimit) printNote(note, parent);
        rateLimit = key;
        break;
      }
      case "usage":
        tokensIn += event.usage.input + event.usage.cache_read + event.usage.cache_write;
        tokensOut += event.usage.output;
        break;
      case "notice": {
        if (event.kind === "stderr") {
          printStderr(event.text, parent);
          break;
        }
        const note = noticeNotice(event);
        if (note === undefined) break;
        const print = () => printNote(note, parent, `claude: ${note.label}`);
        // What is told whole comes last, and once.
        if (note.isWhole) page.always(print);
        else print();
        break;
      }
      case "unknown":
        printNote(unknownNotice(event), parent);
        break;
      case "raw":
        printNote(rawNotice(event), parent);
        break;
      case "result":
        texts.over(undefined);
        result(event);
        break;
      case "error":
        error(event);
        break;
      case "exit":
        exit(event);
        break;
    }
  }

  return {
    event(event) {
      held.before(event);
      // Where the answer is not printed elsewhere, it is shown here.
      if (!options.hold && event.type === "result" && event.ok) held.release();
      if (failure.length > 0 && !isAside(event) && event.type !== "error") printFailure();
      handle(event);
      page.flush();
    },
    shownText: () => held.pending ? "" : shown,
    tell(line) {
      texts.over(undefined);
      page.always(() => {
        page.begin("note", 0);
        page.line(`ccrun: ${sanitizeLine(line, Infinity)}`, 0);
      });
      page.flush();
    },
    stop,
  };
}

/** A terminal whose lines go to a log, in which nothing is painted again. */
function logOn({ styles }: Terminal): Terminal {
  return { live: false, columns: () => undefined, styles };
}

/** Whether an event may come anywhere and decides nothing. */
function isAside({ type }: RunEvent): boolean {
  return type === "notice" || type === "usage" || type === "rate_limit" || type === "task" ||
    type === "session_info" || type === "tool_progress" || type === "unknown" || type === "raw";
}

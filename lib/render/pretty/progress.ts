import type { CiLog } from "../../terminal/ci_log.ts";
import type { EventOf, RunEvent } from "../../events.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { PathContext } from "../../util/display_path.ts";
import type { Renderer } from "../renderer.ts";
import { Activity } from "./activity.ts";
import { AssistantText } from "./assistant_text.ts";
import { BlockWriter } from "./block_writer.ts";
import { FailedResult } from "./failed_result.ts";
import { footer } from "./footer.ts";
import { headerRows } from "./header.ts";
import { NoticePrinter } from "./notice_printer.ts";
import {
  createRetryDeduplicator,
  mcpServerNotice,
  noticeNotice,
  rateLimitNotice,
  rawNotice,
  RETRY_TITLE,
  retryNotice,
  taskNotice,
  unknownNotice,
} from "../notices.ts";
import { PendingAnswer } from "./pending_answer.ts";
import { statusLine } from "./status_line.ts";
import { SubagentSections } from "./subagent_sections.ts";
import { ToolCallRenderer } from "./tool_calls.ts";

/** Calls a function repeatedly and returns a function that ends this. */
export type Interval = (callback: () => void, ms: number) => () => void;

/** Options for {@linkcode createProgressRenderer}. */
export interface ProgressOptions extends PathContext {
  /**
   * Whether the last text is held until it is known not to be the answer, because the answer is
   * printed elsewhere. A text that was streamed is not held.
   */
  hold: boolean;
  /**
   * Returns the time in milliseconds.
   *
   * @default {performance.now}
   */
  clock?: () => number;
  /** The CI system that records the log. Output is collapsed and failures are annotated. */
  ci?: CiLog | undefined;
  /**
   * Repaints the status row.
   *
   * @default {setInterval, which does not keep the process alive}
   */
  repeat?: Interval;
}

/** Renders the progress of a run. */
export interface ProgressRenderer extends Renderer {
  /** Returns the last complete text of the main agent if it was shown; otherwise an empty string. */
  shownText(): string;
  /** Prints a message of ccrun. */
  printMessage(line: string): void;
  /** Prints what is unfinished and removes the status row. For runs without an `exit` event. */
  stop(): void;
}

/** The time between two frames of the spinner. */
const REPAINT_MS = 100;

/** Events that may arrive at any time and do not affect what is pending. */
const BACKGROUND_TYPES: ReadonlySet<RunEvent["type"]> = new Set([
  "notice",
  "usage",
  "rate_limit",
  "task",
  "session_info",
  "tool_progress",
  "unknown",
  "raw",
]);

/**
 * Creates the renderer of the `pretty` progress: a header, texts, tool calls with a part of their output,
 * notices and a footer. On a terminal the last row shows the current activity.
 *
 * @example
 * ```ts ignore
 * const progress = createProgressRenderer(stderr, terminal, { hold: false, home: "/home/ada" });
 * for await (const event of events) progress.event(event);
 * ```
 */
export function createProgressRenderer(
  writer: BufferedWriter,
  terminal: Terminal,
  options: ProgressOptions,
): ProgressRenderer {
  // The lines of a log are neither wrapped nor repainted.
  const { styles } = terminal;
  const log = { live: false, columns: () => undefined, styles };
  return new Progress(writer, options.ci === undefined ? terminal : log, options);
}

class Progress implements ProgressRenderer {
  readonly #terminal: Terminal;
  readonly #options: ProgressOptions;
  readonly #activity: Activity;
  readonly #writer: BlockWriter;
  readonly #calls: ToolCallRenderer;
  readonly #texts: AssistantText;
  readonly #notices: NoticePrinter;
  readonly #pendingAnswer: PendingAnswer;
  readonly #failedResult = new FailedResult();
  readonly #isNewRetry = createRetryDeduplicator();
  #cwd: string | undefined;
  #session: EventOf<"session_info"> | undefined;
  #isHeaderPending = false;
  readonly #warnedServers = new Set<string>();
  #lastRateLimit = "";
  #shownText = "";
  #frame = 0;
  #stopRepainting: (() => void) | undefined;

  constructor(writer: BufferedWriter, terminal: Terminal, options: ProgressOptions) {
    const { styles } = terminal;
    const { ci, clock = () => performance.now() } = options;
    this.#terminal = terminal;
    this.#options = options;
    this.#cwd = options.cwd;
    this.#activity = new Activity(clock);
    this.#writer = new BlockWriter(writer, terminal, {
      status: (columns) => this.#statusLine(columns),
      tail: () => this.#texts.tail(),
      ci,
    });
    const sections = new SubagentSections(this.#writer, styles);
    const paths = () => this.#paths();
    this.#calls = new ToolCallRenderer({
      writer: this.#writer,
      styles,
      sections,
      paths,
      clock,
      ci,
    });
    this.#texts = new AssistantText(this.#writer, terminal, sections);
    this.#notices = new NoticePrinter(this.#writer, styles, sections);
    this.#pendingAnswer = new PendingAnswer((event) => this.#showBlock(event));
  }

  event(event: RunEvent): void {
    this.#pendingAnswer.observe(event);
    // Here the answer is not printed elsewhere.
    if (!this.#options.hold && event.type === "result" && event.ok) this.#pendingAnswer.flush();
    if (!BACKGROUND_TYPES.has(event.type) && event.type !== "error") this.#printFailedResult("");
    this.#activity.record(event);
    this.#show(event);
    this.#writer.flush();
  }

  shownText(): string {
    return this.#pendingAnswer.isHidden ? "" : this.#shownText;
  }

  printMessage(line: string): void {
    this.#writer.bypassLimit(() => this.#notices.printMessage(line));
    this.#writer.flush();
  }

  stop(): void {
    this.#stopRepainting?.();
    this.#stopRepainting = undefined;
    this.#texts.endStream();
    this.#pendingAnswer.flush();
    this.#writer.close();
  }

  #show(event: RunEvent): void {
    const parent = event.parent_tool_use_id;
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "session_info":
        return this.#sessionInfo(event);
      case "text_delta":
      case "thinking_delta":
        return this.#texts.append(event);
      case "text":
      case "thinking":
        return this.#canHold(event) ? this.#pendingAnswer.hold(event) : this.#showBlock(event);
      case "user_text":
        return this.#userText(event);
      case "tool_use":
        this.#endText(parent);
        return this.#calls.use(event);
      case "tool_progress":
        return this.#calls.progress(event);
      case "tool_result":
        this.#endText(parent);
        return this.#calls.result(event);
      case "permission_denied":
        return this.#calls.denied(event);
      case "task":
        return this.#task(event);
      case "retry":
        return this.#notices.print(
          retryNotice(event),
          parent,
          this.#isNewRetry(event) ? RETRY_TITLE : undefined,
        );
      case "rate_limit":
        return this.#rateLimit(event);
      case "notice":
        return this.#notice(event);
      case "unknown":
        return this.#notices.print(unknownNotice(event), parent);
      case "raw":
        return this.#notices.print(rawNotice(event), parent);
      case "result":
        this.#texts.endStream();
        return this.#failedResult.record(event, this.#shownText);
      case "error":
        return this.#error(event);
      case "exit":
        return this.#exit(event);
    }
  }

  #start(event: EventOf<"start">): void {
    this.#cwd = event.cwd ?? this.#cwd;
    if (!this.#terminal.live) return;
    const { repeat = repeatUnref } = this.#options;
    this.#stopRepainting ??= repeat(() => {
      this.#frame++;
      this.#writer.repaint();
    }, REPAINT_MS);
  }

  #sessionInfo(event: EventOf<"session_info">): void {
    const isNew = this.#session?.session_id !== event.session_id;
    this.#session = { ...this.#session, ...event };
    this.#cwd = event.cwd ?? this.#cwd;
    if (isNew) {
      // The header waits for the model, or for the first thing that is printed.
      this.#isHeaderPending = true;
      this.#writer.printBefore(() => this.#printHeader());
    }
    if (event.model !== undefined) this.#printHeader();
    for (const { name, status } of event.mcp_servers ?? []) {
      const notice = mcpServerNotice(name, status);
      const key = `${name} ${status}`;
      if (notice === undefined || this.#warnedServers.has(key)) continue;
      this.#warnedServers.add(key);
      this.#notices.print(notice, undefined);
    }
  }

  #printHeader(): void {
    if (!this.#isHeaderPending || this.#session === undefined) return;
    this.#isHeaderPending = false;
    this.#writer.startBlock("header", 0);
    const columns = this.#writer.availableColumns(0);
    const rows = headerRows(this.#session, this.#paths(), columns, this.#terminal.styles);
    for (const row of rows) this.#writer.write(row, 0);
  }

  /** Ends the text that is streamed, unless a subagent continues beside it. */
  #endText(parent: string | undefined): void {
    if (parent === undefined) this.#texts.endStream();
  }

  #canHold(event: EventOf<"text" | "thinking">): event is EventOf<"text"> {
    if (event.type !== "text" || event.parent_tool_use_id !== undefined) return false;
    // A text of Claude Code itself is often the failure, which the error repeats.
    return (this.#options.hold || event.synthetic === true) && !this.#texts.isStreamed(event);
  }

  #showBlock(event: EventOf<"text" | "thinking">): void {
    this.#texts.complete(event);
    if (event.type !== "text") return;
    const parent = event.parent_tool_use_id;
    if (parent === undefined) this.#shownText = event.text;
    else this.#calls.recordText(parent, event.text);
  }

  #userText({ kind, text, parent_tool_use_id: parent }: EventOf<"user_text">): void {
    if (kind !== "synthetic" && kind !== "other") return;
    this.#endText(parent);
    const label = kind === "synthetic" ? "note" : "user";
    this.#notices.print({ level: "info", label, text }, parent);
  }

  #task(event: EventOf<"task">): void {
    const { tool_use_id: id, status } = event;
    const call = id === undefined ? undefined : this.#calls.status(id);
    // The result of the call shows how the task ended, unless it arrived when the task was started.
    if (call === "running" || (call === "ended" && status === "completed")) return;
    const notice = taskNotice(event);
    if (notice !== undefined) this.#notices.print(notice, event.parent_tool_use_id);
  }

  #rateLimit(event: EventOf<"rate_limit">): void {
    const key = `${event.status} ${event.kind}`;
    const notice = key === this.#lastRateLimit ? undefined : rateLimitNotice(event);
    this.#lastRateLimit = key;
    if (notice !== undefined) this.#notices.print(notice, event.parent_tool_use_id);
  }

  #notice(event: EventOf<"notice">): void {
    const parent = event.parent_tool_use_id;
    if (event.kind === "stderr") return this.#notices.printStderr(event.text, parent);
    const notice = noticeNotice(event);
    if (notice === undefined) return;
    const print = () => this.#notices.print(notice, parent, `claude: ${notice.label}`);
    if (notice.isComplete) this.#writer.bypassLimit(print);
    else print();
  }

  #printFailedResult(error: string): void {
    for (const text of this.#failedResult.takeUnless(error)) {
      this.#writer.bypassLimit(() =>
        this.#notices.print({ level: "error", label: "failed", text }, undefined)
      );
    }
  }

  #error({ error }: EventOf<"error">): void {
    this.#texts.endStream();
    this.#printFailedResult(error.message);
    // The reader of stdout is gone, so the run ends quietly.
    if (error.kind === "pipe") return;
    const isAlone = this.#session === undefined;
    this.#writer.bypassLimit(() => this.#notices.printError(error, isAlone));
  }

  #exit(event: EventOf<"exit">): void {
    this.#texts.endStream();
    const { counts } = this.#calls;
    if (this.#session !== undefined || event.turns > 0 || counts.all > 0) {
      this.#writer.bypassLimit(() => {
        this.#writer.startBlock("end", 0);
        const columns = this.#writer.availableColumns(0);
        this.#writer.write(footer(event, counts, columns, this.#terminal.styles), 0);
      });
    }
    this.stop();
  }

  #statusLine(columns: number): string | undefined {
    if (this.#stopRepainting === undefined) return undefined;
    const status = this.#activity.status(this.#calls);
    if (status === undefined) return undefined;
    return statusLine({ ...status, frame: this.#frame }, columns, this.#terminal.styles);
  }

  #paths(): PathContext {
    return { home: this.#options.home, cwd: this.#cwd };
  }
}

function repeatUnref(callback: () => void, ms: number): () => void {
  const timer = setInterval(callback, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

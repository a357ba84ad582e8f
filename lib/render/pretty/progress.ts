import type { EventOf, RunEvent } from "../../events.ts";
import type { BufferedWriter } from "../../terminal/buffered_writer.ts";
import type { CiLog } from "../../terminal/ci_log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { EventAge } from "../../util/event_age.ts";
import type { Renderer } from "../renderer.ts";
import { ToolCalls } from "../tool_calls.ts";
import { AssistantText } from "./assistant_text.ts";
import { BlockWriter } from "./block_writer.ts";
import { formatFooter } from "./footer.ts";
import { SessionHeader } from "./header.ts";
import type { CompleteEvent } from "./model_block.ts";
import { NoticePrinter } from "./notice_printer.ts";
import { type PendingText, PendingTexts } from "./pending_texts.ts";
import { type Interval, StatusRow } from "./status_row.ts";
import { ToolCallRenderer } from "./tool_call_renderer.ts";

/** Options for {@linkcode createProgressRenderer}. */
export interface ProgressOptions {
  /** Whether the answer is printed elsewhere. Then the progress withholds it, unless it was streamed. */
  isAnswerElsewhere: boolean;
  /** The home directory, which paths are shown relative to. */
  home?: string;
  /**
   * Returns the time in milliseconds.
   *
   * @default {performance.now}
   */
  clock?: () => number;
  /** Returns the age of an event that is rendered later than it happened. @default {0} */
  ageOf?: EventAge | undefined;
  /**
   * The CI system that records the log, whose terminal has `isLog`. Output is collapsed and failures
   * are annotated.
   */
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
  /** Returns whether every part of an answer was shown. */
  hasShown(answer: string): boolean;
  /** Prints a message of ccrun. */
  printMessage(line: string): void;
}

/**
 * Creates the renderer of the `pretty` progress: a header, texts, tool calls with a part of their output,
 * notices and a footer. On a terminal the last row shows the current activity.
 *
 * @example
 * ```ts ignore
 * const progress = createProgressRenderer(stderr, terminal, { isAnswerElsewhere: false });
 * for await (const event of events) progress.event(event);
 * ```
 */
export function createProgressRenderer(
  writer: BufferedWriter,
  terminal: Terminal,
  options: ProgressOptions,
): ProgressRenderer {
  return new Progress(writer, terminal, options);
}

class Progress implements ProgressRenderer {
  readonly #terminal: Terminal;
  readonly #calls = new ToolCalls();
  readonly #pendingTexts: PendingTexts;
  readonly #header: SessionHeader;
  readonly #statusRow: StatusRow;
  readonly #writer: BlockWriter;
  readonly #texts: AssistantText;
  readonly #toolCalls: ToolCallRenderer;
  readonly #notices: NoticePrinter;

  constructor(writer: BufferedWriter, terminal: Terminal, options: ProgressOptions) {
    const { styles } = terminal;
    const { isAnswerElsewhere, home, ci, repeat, ageOf, clock = () => performance.now() } = options;
    const calls = this.#calls;
    this.#terminal = terminal;
    this.#pendingTexts = new PendingTexts(isAnswerElsewhere);
    this.#header = new SessionHeader(styles, home);
    this.#statusRow = new StatusRow({ calls, styles, clock, ageOf, repeat });
    this.#writer = new BlockWriter(writer, {
      terminal,
      calls,
      beforeBlock: () => {
        this.#texts.endOpenText();
        this.#header.print(this.#writer);
      },
      unfinishedRow: () => this.#texts.unfinishedRow(),
      statusRow: (columns) => this.#statusRow.format(columns),
      ci,
    });
    this.#texts = new AssistantText(this.#writer, styles);
    this.#toolCalls = new ToolCallRenderer(this.#writer, calls, styles);
    this.#notices = new NoticePrinter(this.#writer, styles);
  }

  hasShown(answer: string): boolean {
    return this.#pendingTexts.hasShown(answer);
  }

  printMessage(line: string): void {
    this.#notices.printMessage(line);
    this.#writer.flush();
  }

  event(event: RunEvent): void {
    for (const pending of this.#pendingTexts.release(event)) this.#showPending(pending);
    if (this.#terminal.canRepaint) this.#statusRow.record(event);
    this.#show(event);
    this.#writer.flush();
  }

  #showPending(pending: PendingText): void {
    if (pending.type !== "failure") return this.#texts.showComplete(pending);
    const { text } = pending;
    this.#notices.print({ level: "error", label: "failed", text, isEssential: true });
  }

  #show(event: RunEvent): void {
    switch (event.type) {
      case "start":
        this.#header.record(event);
        if (this.#terminal.canRepaint) this.#statusRow.start(() => this.#writer.repaint());
        break;
      case "session_info":
        this.#header.record(event);
        // Without the model, the header waits for the next block.
        if (event.model !== undefined) this.#header.print(this.#writer);
        this.#notices.printEvent(event);
        break;
      case "text_delta":
      case "thinking_delta":
        this.#texts.showDelta(event);
        break;
      case "text":
      case "thinking":
        this.#showBlock(event);
        break;
      case "tool_use":
        this.#endTexts(event);
        this.#toolCalls.showCall(event, this.#header.paths);
        break;
      case "tool_result":
        this.#endTexts(event);
        this.#toolCalls.showResult(event);
        break;
      case "permission_denied":
        this.#texts.endOpenText();
        this.#toolCalls.showDenial(event);
        break;
      case "task":
        this.#showTask(event);
        break;
      case "user_text":
        this.#showUserText(event);
        break;
      case "notice":
        this.#showNotice(event);
        break;
      case "retry":
      case "rate_limit":
      case "waiting":
      case "unknown":
      case "raw":
        this.#notices.printEvent(event);
        break;
      case "result":
        this.#endTexts(event);
        break;
      case "error":
        this.#showError(event);
        break;
      case "exit":
        this.#showExit(event);
        break;
    }
  }

  /** Ends the texts, except the one that is streamed while a subagent works beside it. */
  #endTexts(event: RunEvent): void {
    if (event.parent_tool_use_id === undefined) this.#texts.endStream();
    this.#texts.endOpenText();
  }

  #showUserText(event: EventOf<"user_text">): void {
    if (event.kind === "continuation") {
      this.#texts.expectContinuation(event.parent_tool_use_id);
      return;
    }
    this.#endTexts(event);
    const isPrompt = event.kind === "prompt" && event.parent_tool_use_id === undefined;
    if (isPrompt) this.#notices.printPrompt(event.text);
    else this.#notices.printEvent(event);
  }

  #showNotice(event: EventOf<"notice">): void {
    const { kind, text, retracts, parent_tool_use_id: parent } = event;
    const isUnseen = retracts?.map((id) => this.#retract(id)).every(Boolean) ?? false;
    if (kind === "retracted" && isUnseen) return;
    if (kind === "stderr") this.#notices.printStderr(text, parent);
    else this.#notices.printEvent(event);
  }

  /** Returns whether the message was not shown. */
  #retract(messageId: string): boolean {
    const isWithheld = this.#pendingTexts.retract(messageId);
    return this.#texts.retract(messageId) || isWithheld;
  }

  #showBlock(event: CompleteEvent): void {
    const parent = event.parent_tool_use_id;
    if (parent === undefined) {
      if (this.#pendingTexts.withhold(event, this.#texts.isStreamed(event))) return;
    } else if (event.type === "text") {
      this.#calls.recordText(parent, event.text);
    }
    this.#texts.showComplete(event);
  }

  #showTask(event: EventOf<"task">): void {
    const call = event.tool_use_id === undefined ? undefined : this.#calls.get(event.tool_use_id);
    // The result of the call shows how the task ended, unless it arrived when the task was started.
    const isShownByCall = call?.state === "running" ||
      (call !== undefined && event.status === "completed");
    if (!isShownByCall) this.#notices.printEvent(event);
  }

  #showError(event: EventOf<"error">): void {
    const { error } = event;
    this.#endTexts(event);
    // The reader of stdout is gone, so the run ends quietly.
    if (error.kind === "pipe") return;
    this.#notices.printError(error, this.#header.hasSession);
  }

  #showExit(event: EventOf<"exit">): void {
    this.#endTexts(event);
    const { counts } = this.#calls;
    if (this.#header.hasSession || event.turns || counts.all > 0) {
      this.#writer.startBlock({ kind: "end", isEssential: true });
      const columns = this.#writer.availableColumns();
      this.#writer.write(formatFooter(event, counts, columns, this.#terminal.styles));
    }
    this.#statusRow.stop();
    this.#writer.close();
  }
}

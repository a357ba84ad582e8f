import { unwrapToolError } from "../claude/tools.ts";
import type { EventOf, RunEvent } from "../events.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import type { Annotation, AnnotationLevel, CiLog } from "../terminal/ci_log.ts";
import { escapeLogCommands, escapeWithinLine } from "../terminal/escape_commands.ts";
import { sanitizeTextLine } from "../terminal/sanitize.ts";
import type { Styles } from "../terminal/styles.ts";
import { containsText } from "../util/contains_text.ts";
import type { PathContext } from "../util/display_path.ts";
import { joinTexts } from "../util/join_texts.ts";
import { LastText } from "../util/last_text.ts";
import { lastLines } from "../util/lines.ts";
import { failureText } from "./failure_text.ts";
import { claudeNotice, NoticeFactory, noticeLine, noticeText } from "./notices.ts";
import type { Renderer } from "./renderer.ts";
import { denialAnnotation, failureAnnotation } from "./tool_annotation.ts";
import { ToolCalls } from "./tool_calls.ts";

/** An error repeats this many lines of the last text. */
const MAX_TEXT_LINES = 20;

/**
 * Creates the renderer of stderr without progress: warnings, and the error of the run with claude's last
 * text.
 *
 * @param ci the CI system that records the log. If it has annotations, failed and denied tools and
 * retries are annotated, too
 */
export function createProblemsRenderer(
  writer: BufferedWriter,
  styles: Styles,
  ci?: CiLog,
): Renderer {
  return new Problems(writer, styles, ci);
}

class Problems implements Renderer {
  readonly #writer: BufferedWriter;
  readonly #styles: Styles;
  readonly #ci: CiLog | undefined;
  readonly #calls = new ToolCalls();
  readonly #notices = new NoticeFactory();
  #paths: PathContext = {};
  readonly #lastText = new LastText();

  constructor(writer: BufferedWriter, styles: Styles, ci: CiLog | undefined) {
    this.#writer = writer;
    this.#styles = styles;
    this.#ci = ci;
  }

  event(event: RunEvent): void {
    if (this.#ci !== undefined) this.#annotateEvent(event);
    switch (event.type) {
      case "text":
        this.#lastText.record(event);
        break;
      case "result":
        this.#lastText.replaceBy(event.ok ? event.answer ?? event.text : event.text);
        break;
      case "notice":
        this.#lastText.record(event);
        this.#showNotice(event);
        break;
      case "waiting":
        for (const notice of this.#notices.noticesOf(event)) {
          this.#print(this.#styles.yellow(noticeLine(notice)));
        }
        break;
      case "error":
        this.#showError(event);
        break;
    }
  }

  /** Annotates an event that is not printed. */
  #annotateEvent(event: RunEvent): void {
    switch (event.type) {
      case "start":
      case "session_info":
        if (event.cwd) this.#paths = { cwd: event.cwd };
        break;
      case "tool_use":
        this.#calls.add(event, this.#paths);
        break;
      case "tool_result": {
        const { label, state } = this.#calls.recordResult(event);
        if (state !== "failed") break;
        this.#annotate("error", failureAnnotation(label, unwrapToolError(event.text)));
        break;
      }
      case "permission_denied": {
        const call = this.#calls.recordDenial(event);
        if (call === undefined) break;
        this.#annotate("warning", denialAnnotation(call.label, call.denialReason));
        break;
      }
      case "retry":
        for (const notice of this.#notices.noticesOf(event)) {
          const { annotationTitle: title } = notice;
          if (title !== undefined) {
            this.#annotate("warning", { title, message: noticeLine(notice) });
          }
        }
        break;
    }
  }

  #showNotice(event: EventOf<"notice">): void {
    const { level } = event;
    if (level === "info") return;
    const notice = claudeNotice(event);
    const line = noticeText(notice);
    const annotation = { title: notice.annotationTitle, message: `ccrun: ${line}` };
    if (this.#annotate(level, annotation)) return;
    const style = level === "error" ? this.#styles.red : this.#styles.yellow;
    this.#print(style(`${level}: ${line}`));
  }

  #showError({ error }: EventOf<"error">): void {
    // The reader of stdout is gone, so the run ends quietly.
    if (error.kind === "pipe") return;
    this.#printLastText(error.message);
    const { message, hint } = failureText(error);
    const text = joinTexts([`ccrun: ${message}`, hint], "\n");
    if (this.#annotate("failure", { title: `ccrun: ${error.kind}`, message: text })) return;
    this.#print(this.#styles.red(`error: ${message}`));
    if (hint !== "") this.#print(hint);
  }

  #printLastText(message: string): void {
    const text = this.#lastText.value.trim();
    if (text === "" || containsText(message, text)) return;
    this.#print("claude said:");
    for (const line of lastLines(text, MAX_TEXT_LINES)) {
      this.#writer.write(`  ${escapeLogCommands(sanitizeTextLine(line))}\n`);
    }
  }

  /** Returns whether the CI system shows the annotation in its log. */
  #annotate(level: AnnotationLevel, annotation: Annotation): boolean {
    const { command = "", notice } = this.#ci?.annotate(level, annotation) ?? {};
    if (notice !== undefined) this.#print(notice);
    this.#writer.write(command);
    return command !== "";
  }

  #print(line: string): void {
    this.#writer.write(`ccrun: ${escapeWithinLine(line)}\n`);
  }
}

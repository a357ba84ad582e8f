import type { EventOf } from "../../events.ts";
import { hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { sanitize, SanitizeStream } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { TextWrapper } from "../../terminal/text_wrapper.ts";
import type { BlockWriter } from "./block_writer.ts";

/** A complete block of the model's text or thinking. */
export type CompleteEvent = EventOf<"text" | "thinking">;

/** A piece of such a block. */
export type DeltaEvent = EventOf<"text_delta" | "thinking_delta">;

/** A text in the output. */
interface TextBlock {
  readonly id: string;
  readonly isThinking: boolean;
  readonly parent?: string | undefined;
}

/** A text of the main agent whose pieces arrive. */
interface StreamedText extends TextBlock {
  readonly sanitizer: SanitizeStream;
  readonly wrapper: TextWrapper;
  shownText: string;
  /** Whether something else was shown since. */
  isEnded: boolean;
}

/** Thinking that was not streamed is shortened to this many lines. */
const THINKING_LINES = 4;

/** Precedes lines of thinking, so that they differ from text without color, too. */
const THINKING_BAR = "┊ ";

/**
 * Shows the text and the thinking of the model. The text of the main agent is shown while it is
 * generated, and not again when it is complete. Subagents run in parallel, so their text is shown when
 * it is complete.
 */
export class AssistantText {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  #stream: StreamedText | undefined;
  #blockCount = 0;

  /** Creates a renderer that writes to `writer`. */
  constructor(writer: BlockWriter, styles: Styles) {
    this.#writer = writer;
    this.#styles = styles;
  }

  /** Returns the row of the streamed text that may still grow. */
  unfinishedRow(): string | undefined {
    if (this.#stream === undefined || this.#stream.isEnded) return undefined;
    const row = this.#stream.wrapper.unfinishedRow;
    return row === undefined ? undefined : this.#withBar(row, this.#stream);
  }

  /** Returns whether pieces of a complete text were shown. */
  isStreamed(event: CompleteEvent): boolean {
    return this.#stream?.id === idOf(event);
  }

  showDelta(event: DeltaEvent): void {
    if (event.parent_tool_use_id !== undefined) return;
    if (this.#stream?.id !== idOf(event)) this.#start(event);
    if (this.#stream !== undefined && !this.#stream.isEnded) this.#print(this.#stream, event.text);
  }

  #start(event: DeltaEvent): void {
    this.endStream();
    const block = { id: idOf(event), isThinking: event.type === "thinking_delta" };
    this.#stream = {
      ...block,
      sanitizer: new SanitizeStream(),
      wrapper: this.#createWrapper(block),
      shownText: "",
      isEnded: false,
    };
  }

  /** Shows a complete text, or what is missing of it. */
  showComplete(event: CompleteEvent): void {
    const stream = this.#stream;
    if (stream === undefined || !this.isStreamed(event)) {
      if (event.parent_tool_use_id === undefined) this.endStream();
      this.#printWhole(event, event.text);
      return;
    }
    const rest = missingText(event.text, stream.shownText);
    if (rest !== undefined && !stream.isEnded) {
      this.#print(stream, rest);
      this.endStream();
    } else {
      this.endStream();
      this.#printWhole(event, rest ?? event.text);
    }
    this.#stream = undefined;
  }

  /** Ends the text that is streamed, because something else was started. */
  endStream(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.isEnded) return;
    stream.isEnded = true;
    const rows = [...stream.wrapper.push(stream.sanitizer.end()), ...stream.wrapper.end()];
    this.#printRows(rows, stream);
  }

  #print(stream: StreamedText, text: string): void {
    stream.shownText += text;
    this.#printRows(stream.wrapper.push(stream.sanitizer.push(text)), stream);
  }

  #printWhole(event: CompleteEvent, text: string): void {
    const block = {
      id: `text ${this.#blockCount++}`,
      isThinking: event.type === "thinking",
      parent: event.parent_tool_use_id,
    };
    const wrapper = this.#createWrapper(block);
    const rows = [...wrapper.push(sanitize(text)), ...wrapper.end()];
    const hidden = rows.length - THINKING_LINES;
    if (block.isThinking && hidden > 0) {
      rows.length = THINKING_LINES;
      rows.push(this.#styles.dim(hiddenLinesNote(hidden)));
    }
    this.#printRows(rows, block);
  }

  #printRows(rows: readonly string[], block: TextBlock): void {
    if (rows.length === 0) return;
    const { id, parent } = block;
    if (this.#writer.lastBlockId !== id) this.#writer.startBlock({ kind: "text", id, parent });
    for (const row of rows) this.#writer.write(this.#withBar(row, block));
  }

  #withBar(row: string, { isThinking }: TextBlock): string {
    if (!isThinking) return row;
    return this.#styles.dim(row === "" ? THINKING_BAR.trimEnd() : THINKING_BAR) + row;
  }

  #createWrapper({ isThinking, parent }: Omit<TextBlock, "id">): TextWrapper {
    const barColumns = isThinking ? THINKING_BAR.length : 0;
    return new TextWrapper({
      columns: () => {
        const columns = this.#writer.availableColumns(parent);
        return columns === undefined ? undefined : columns - barColumns;
      },
      styles: this.#styles,
      style: isThinking ? this.#styles.dim : this.#styles.plain,
      isMarkdown: !isThinking,
    });
  }
}

function idOf(event: CompleteEvent | DeltaEvent): string {
  return JSON.stringify([event.parent_tool_use_id ?? null, event.message_id, event.index]);
}

/** Returns what was not shown of a complete text; undefined if another text was shown. */
function missingText(text: string, shown: string): string | undefined {
  if (text.startsWith(shown)) return text.slice(shown.length);
  // The complete text may be trimmed.
  return shown.trim().startsWith(text.trim()) ? "" : undefined;
}

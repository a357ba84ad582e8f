import type { BlockEvent } from "../../events.ts";
import { headAndTail, hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { SanitizeStream } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { TextWrapper } from "../../terminal/text_wrapper.ts";
import { continuesText } from "../../util/text_continuation.ts";
import type { BlockWriter } from "./block_writer.ts";
import { blockId, type CompleteEvent, type DeltaEvent, missingText } from "./model_block.ts";

/** A text in the output. Blocks that continue each other are one text. */
interface OutputText {
  readonly id: string;
  readonly isThinking: boolean;
  readonly parent: string | undefined;
  readonly sanitizer: SanitizeStream;
  readonly wrapper: TextWrapper;
  /** The last block that was added. */
  lastBlock: BlockEvent;
  /** Whether the next text of its agent continues it. */
  isCutOff: boolean;
  /** Whether a row was printed. */
  hasRows: boolean;
}

/** A block of the main agent whose pieces arrive. */
interface StreamedBlock {
  readonly id: string;
  readonly text: OutputText;
  /** The pieces so far. */
  shownText: string;
  /** Whether something else was shown since. */
  isEnded: boolean;
}

/** Thinking that was not streamed is shortened to this many lines. */
const THINKING_LINES = 4;

/** Precedes lines of thinking, so that they differ from text without color, too. */
const THINKING_BAR = "┊ ";

/** Text is wrapped in pieces of this length, because its rows need more memory than the text. */
const PIECE_LENGTH = 16 * 1024;

/**
 * Shows the text and the thinking of the model. The text of the main agent is shown while it is
 * generated, and not again when it is complete. Subagents run in parallel, so their text is shown when
 * it is complete.
 *
 * The next block may continue a text in the middle of a row. So the last row of a text is printed when
 * something else follows.
 */
export class AssistantText {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  #stream: StreamedBlock | undefined;
  /** A text without its last row. All of its blocks are complete. */
  #openText: OutputText | undefined;
  #textCount = 0;

  /** Creates a renderer that writes to `writer`. */
  constructor(writer: BlockWriter, styles: Styles) {
    this.#writer = writer;
    this.#styles = styles;
  }

  /** Returns the row of the main agent's text that may still grow. */
  unfinishedRow(): string | undefined {
    const text = this.#stream?.isEnded === false ? this.#stream.text : this.#openText;
    if (text === undefined || text.parent !== undefined) return undefined;
    const row = text.wrapper.unfinishedRow;
    return row === undefined ? undefined : this.#withBar(row, text);
  }

  /** Returns whether pieces of a complete text were shown. */
  isStreamed(event: CompleteEvent | DeltaEvent): boolean {
    return this.#stream?.id === blockId(event);
  }

  showDelta(event: DeltaEvent): void {
    if (event.parent_tool_use_id !== undefined) return;
    if (!this.isStreamed(event)) {
      this.endStream();
      const text = this.#continuedText(event) ?? this.#createText(event);
      this.#stream = { id: blockId(event), text, shownText: "", isEnded: false };
    }
    const stream = this.#stream;
    if (stream === undefined || stream.isEnded) return;
    stream.shownText += event.text;
    this.#add(stream.text, event.text);
  }

  /** Shows a complete block, or what is missing of it. */
  showComplete(event: CompleteEvent): void {
    const stream = this.#stream;
    if (stream !== undefined && this.isStreamed(event)) return this.#completeStream(stream, event);
    if (event.parent_tool_use_id === undefined) this.endStream();
    this.#showWhole(event);
  }

  #completeStream(stream: StreamedBlock, event: CompleteEvent): void {
    const rest = missingText(event.text, stream.shownText);
    if (rest === undefined || stream.isEnded) {
      this.endStream();
      this.#showWhole({ ...event, text: rest ?? event.text });
    } else {
      this.#add(stream.text, rest);
      if (stream.text.isThinking) this.endStream();
      else this.#keepOpen(stream.text);
    }
    this.#stream = undefined;
  }

  #showWhole(event: CompleteEvent): void {
    const text = this.#continuedText(event) ?? this.#createText(event);
    if (text.isThinking) return this.#showThinking(event.text, text);
    this.#add(text, event.text);
    this.#keepOpen(text);
  }

  #showThinking(thinking: string, text: OutputText): void {
    const { head, hidden } = headAndTail(thinking, THINKING_LINES);
    const rows: string[] = [];
    let hiddenLines = hidden;
    for (const line of head) {
      rows.push(...text.wrapper.push(`${line}\n`));
      if (rows.length > THINKING_LINES) hiddenLines++;
    }
    const shown = rows.slice(0, THINKING_LINES);
    if (hiddenLines > 0) shown.push(this.#styles.dim(hiddenLinesNote(hiddenLines)));
    this.#printRows(shown, text);
  }

  #keepOpen(text: OutputText): void {
    this.endOpenText();
    this.#openText = text;
  }

  /** Makes the next text of an agent continue its last one, which was cut off. */
  expectContinuation(parent: string | undefined): void {
    if (parent === undefined && this.#stream?.isEnded === false) {
      this.#keepOpen(this.#stream.text);
      this.#stream = undefined;
    }
    const text = this.#openText;
    if (text !== undefined && text.parent === parent) text.isCutOff = true;
  }

  /**
   * Drops what was not printed of a message that no longer counts.
   *
   * @returns whether nothing of its last text was printed
   */
  retract(messageId: string): boolean {
    if (this.#stream?.text.lastBlock.message_id === messageId) this.endStream();
    const text = this.#openText;
    if (text?.lastBlock.message_id !== messageId) return false;
    this.#openText = undefined;
    return !text.hasRows;
  }

  /** Ends the block that is streamed, because something else was started. */
  endStream(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.isEnded) return;
    stream.isEnded = true;
    this.#end(stream.text);
  }

  /** Prints the last row of a complete text, because something else follows. */
  endOpenText(): void {
    const text = this.#openText;
    this.#openText = undefined;
    if (text !== undefined) this.#end(text);
  }

  #end(text: OutputText): void {
    const { sanitizer, wrapper } = text;
    this.#printRows([...wrapper.push(sanitizer.end()), ...wrapper.end()], text);
  }

  /** Returns the text that a block continues, which is no longer open. */
  #continuedText(event: CompleteEvent | DeltaEvent): OutputText | undefined {
    const text = this.#openText;
    const isText = event.type === "text" || event.type === "text_delta";
    if (text === undefined || !isText || text.isThinking) return undefined;
    const continuesCutOff = text.isCutOff && text.parent === event.parent_tool_use_id;
    if (!continuesCutOff && !continuesText(event, text.lastBlock)) return undefined;
    this.#openText = undefined;
    text.lastBlock = event;
    text.isCutOff = false;
    return text;
  }

  #add(text: OutputText, added: string): void {
    const { sanitizer, wrapper } = text;
    for (let at = 0; at < added.length; at += PIECE_LENGTH) {
      const piece = sanitizer.push(added.slice(at, at + PIECE_LENGTH));
      this.#printRows(wrapper.push(piece), text);
    }
  }

  #printRows(rows: readonly string[], text: OutputText): void {
    if (rows.length === 0) return;
    const { id, parent } = text;
    text.hasRows = true;
    if (this.#writer.lastBlockId !== id) this.#writer.startBlock({ kind: "text", id, parent });
    for (const row of rows) this.#writer.write(this.#withBar(row, text));
  }

  #withBar(row: string, { isThinking }: OutputText): string {
    if (!isThinking) return row;
    return this.#styles.dim(row === "" ? THINKING_BAR.trimEnd() : THINKING_BAR) + row;
  }

  #createText(event: CompleteEvent | DeltaEvent): OutputText {
    const parent = event.parent_tool_use_id;
    const isThinking = event.type === "thinking" || event.type === "thinking_delta";
    const barColumns = isThinking ? THINKING_BAR.length : 0;
    const wrapper = new TextWrapper({
      columns: () => {
        const columns = this.#writer.availableColumns(parent);
        return columns === undefined ? undefined : columns - barColumns;
      },
      styles: this.#styles,
      style: isThinking ? this.#styles.dim : this.#styles.plain,
      isMarkdown: !isThinking,
    });
    return {
      id: `text ${this.#textCount++}`,
      isThinking,
      parent,
      sanitizer: new SanitizeStream(),
      wrapper,
      lastBlock: event,
      isCutOff: false,
      hasRows: false,
    };
  }
}

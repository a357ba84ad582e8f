import type { Styles } from "../../terminal/styles.ts";
import type { BlockWriter } from "./block_writer.ts";
import { type CompleteEvent, type DeltaEvent, isSameBlock, missingText } from "./model_block.ts";
import { OutputText } from "./output_text.ts";

/** A block of the main agent whose pieces arrive. */
interface StreamedBlock {
  readonly text: OutputText;
  /** The pieces so far. */
  shownText: string;
  /** Whether something else was shown since. */
  isEnded: boolean;
}

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
    return text?.parent === undefined ? text?.unfinishedRow : undefined;
  }

  /** Returns whether pieces of a complete text were shown. */
  isStreamed(event: CompleteEvent | DeltaEvent): boolean {
    return this.#stream !== undefined && isSameBlock(this.#stream.text.lastBlock, event);
  }

  showDelta(event: DeltaEvent): void {
    if (event.parent_tool_use_id !== undefined) return;
    if (!this.isStreamed(event)) {
      this.endStream();
      this.#stream = { text: this.#textOf(event), shownText: "", isEnded: false };
    }
    const stream = this.#stream;
    if (stream === undefined || stream.isEnded) return;
    stream.shownText += event.text;
    this.#print(stream.text, stream.text.add(event.text));
  }

  /** Shows a complete block, or what is missing of it. */
  showComplete(event: CompleteEvent): void {
    const stream = this.#stream;
    if (stream !== undefined && this.isStreamed(event)) return this.#completeStream(stream, event);
    if (event.parent_tool_use_id === undefined) this.endStream();
    this.#showWhole(event);
  }

  #completeStream(stream: StreamedBlock, event: CompleteEvent): void {
    const { text } = stream;
    const rest = missingText(event.text, stream.shownText);
    if (rest === undefined || stream.isEnded) {
      this.endStream();
      this.#showWhole({ ...event, text: rest ?? event.text });
    } else {
      this.#print(text, text.add(rest));
      if (text.isThinking) this.endStream();
      else this.#keepOpen(text);
    }
    this.#stream = undefined;
  }

  #showWhole(event: CompleteEvent): void {
    const text = this.#textOf(event);
    if (text.isThinking) return this.#print(text, text.shorten(event.text));
    this.#print(text, text.add(event.text));
    this.#keepOpen(text);
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
    this.#print(stream.text, stream.text.end());
  }

  /** Prints the last row of a complete text, because something else follows. */
  endOpenText(): void {
    const text = this.#openText;
    this.#openText = undefined;
    if (text !== undefined) this.#print(text, text.end());
  }

  /** Returns the open text if a block continues it, which is no longer open then, or a new text. */
  #textOf(block: CompleteEvent | DeltaEvent): OutputText {
    const open = this.#openText;
    if (open?.accept(block)) {
      this.#openText = undefined;
      return open;
    }
    const { parent_tool_use_id: parent } = block;
    return new OutputText({
      id: `text ${this.#textCount++}`,
      firstBlock: block,
      columns: () => this.#writer.availableColumns(parent),
      styles: this.#styles,
    });
  }

  #print(text: OutputText, rows: Iterable<string>): void {
    const { id, parent } = text;
    for (const row of rows) {
      text.hasRows = true;
      if (this.#writer.lastBlockId !== id) this.#writer.startBlock({ kind: "text", id, parent });
      this.#writer.write(row);
    }
  }
}

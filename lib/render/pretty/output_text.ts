import type { BlockEvent } from "../../events.ts";
import { headAndTail, hiddenLinesNote } from "../../terminal/head_and_tail.ts";
import { SanitizeStream } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { TextWrapper } from "../../terminal/text_wrapper.ts";
import { continuesText } from "../../util/text_continuation.ts";
import type { CompleteEvent, DeltaEvent } from "./model_block.ts";

/** Options for {@linkcode OutputText}. */
export interface OutputTextOptions {
  readonly id: string;
  readonly firstBlock: CompleteEvent | DeltaEvent;
  /** Returns the available columns; undefined if unlimited. */
  readonly columns: () => number | undefined;
  readonly styles: Styles;
}

/** Thinking that was not streamed is shortened to this many lines. */
const THINKING_LINES = 4;

/** Precedes lines of thinking, so that they differ from text without color, too. */
const THINKING_BAR = "┊ ";

/** Text is wrapped in pieces of this length, because its rows need more memory than the text. */
const PIECE_LENGTH = 16 * 1024;

/** Turns a text of the model into rows. Blocks that continue each other are one text. */
export class OutputText {
  readonly id: string;
  readonly isThinking: boolean;
  readonly parent: string | undefined;
  readonly #styles: Styles;
  readonly #sanitizer = new SanitizeStream();
  readonly #wrapper: TextWrapper;
  #lastBlock: BlockEvent;
  /** Whether the next text of its agent continues it. */
  isCutOff = false;
  /** Whether a row was printed. */
  hasRows = false;

  /** Creates a text without rows. */
  constructor({ id, firstBlock, columns, styles }: OutputTextOptions) {
    this.id = id;
    this.isThinking = firstBlock.type === "thinking" || firstBlock.type === "thinking_delta";
    this.parent = firstBlock.parent_tool_use_id;
    this.#styles = styles;
    this.#lastBlock = firstBlock;
    const barColumns = this.isThinking ? THINKING_BAR.length : 0;
    this.#wrapper = new TextWrapper({
      columns: () => {
        const available = columns();
        return available === undefined ? undefined : available - barColumns;
      },
      styles,
      style: this.isThinking ? styles.dim : styles.plain,
      isMarkdown: !this.isThinking,
    });
  }

  /** The last block of the text. */
  get lastBlock(): BlockEvent {
    return this.#lastBlock;
  }

  /** The row that may still grow; undefined if there is none. */
  get unfinishedRow(): string | undefined {
    const row = this.#wrapper.unfinishedRow;
    return row === undefined ? undefined : this.#withBars([row]).at(0);
  }

  /**
   * Makes a block a part of the text, if it continues the text.
   *
   * @returns whether it does
   */
  accept(block: CompleteEvent | DeltaEvent): boolean {
    const isText = block.type === "text" || block.type === "text_delta";
    if (this.isThinking || !isText) return false;
    const continuesCutOff = this.isCutOff && this.parent === block.parent_tool_use_id;
    if (!continuesCutOff && !continuesText(block, this.#lastBlock)) return false;
    this.#lastBlock = block;
    this.isCutOff = false;
    return true;
  }

  /** Adds text, and yields the rows that are complete. */
  *add(added: string): Generator<string> {
    for (let at = 0; at < added.length; at += PIECE_LENGTH) {
      const piece = this.#sanitizer.push(added.slice(at, at + PIECE_LENGTH));
      yield* this.#withBars(this.#wrapper.push(piece));
    }
  }

  /** Returns the first rows of a complete text, and a note about the lines that are missing. */
  shorten(whole: string): readonly string[] {
    const { head, hidden } = headAndTail(whole, THINKING_LINES);
    const rows: string[] = [];
    let hiddenLines = hidden;
    for (const line of head) {
      rows.push(...this.#wrapper.push(`${line}\n`));
      if (rows.length > THINKING_LINES) hiddenLines++;
    }
    const shown = rows.slice(0, THINKING_LINES);
    if (hiddenLines > 0) shown.push(this.#styles.dim(hiddenLinesNote(hiddenLines)));
    return this.#withBars(shown);
  }

  /** Returns the rows that are left. */
  end(): readonly string[] {
    return this.#withBars([...this.#wrapper.push(this.#sanitizer.end()), ...this.#wrapper.end()]);
  }

  #withBars(rows: readonly string[]): readonly string[] {
    if (!this.isThinking) return rows;
    const { dim } = this.#styles;
    return rows.map((row) => dim(row === "" ? THINKING_BAR.trimEnd() : THINKING_BAR) + row);
  }
}

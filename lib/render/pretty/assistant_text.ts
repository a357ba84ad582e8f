import type { EventOf } from "../../events.ts";
import { sanitize, SanitizeStream } from "../../terminal/sanitize.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { TextWrapper } from "../../terminal/text_wrapper.ts";
import { formatCount } from "../../util/units.ts";
import type { BlockWriter, Tail } from "./block_writer.ts";
import type { SubagentSections } from "./subagent_sections.ts";

/** A complete block of the model's text or thinking. */
export type BlockEvent = EventOf<"text" | "thinking">;

/** A piece of a block. */
export type DeltaEvent = EventOf<"text_delta" | "thinking_delta">;

/** A block whose pieces arrive. */
interface Stream {
  readonly key: string;
  readonly parent: string | undefined;
  readonly isThinking: boolean;
  readonly sanitizer: SanitizeStream;
  readonly wrapper: TextWrapper;
  /** The text that has arrived. */
  text: string;
  /** Whether it ended without its complete block. */
  isEnded: boolean;
}

/** Thinking that was not streamed is shortened to this many lines. */
const THINKING_LINES = 4;

/** Precedes lines of thinking, so that they differ from text without color, too. */
const THINKING_BAR = "┊ ";

/**
 * Shows the text and the thinking of the model. A block that was streamed is not shown again when it
 * is complete. If several blocks arrive at once, one is streamed, and the others are shown when they
 * are complete.
 */
export class AssistantText {
  readonly #writer: BlockWriter;
  readonly #terminal: Terminal;
  readonly #sections: SubagentSections;
  readonly #streams = new Map<string, Stream>();
  /** The stream whose pieces are shown. */
  #shown: Stream | undefined;
  #blockCount = 0;

  /** Creates a renderer that writes to `writer`. */
  constructor(writer: BlockWriter, terminal: Terminal, sections: SubagentSections) {
    this.#writer = writer;
    this.#terminal = terminal;
    this.#sections = sections;
  }

  /** Returns the row of the streamed text that may still grow. */
  tail(): Tail | undefined {
    const row = this.#shown?.wrapper.tail;
    if (this.#shown === undefined || row === undefined) return undefined;
    const { parent, isThinking } = this.#shown;
    return { row: this.#withBar(row, isThinking), depth: this.#sections.depthOf(parent) };
  }

  /** Returns whether pieces of a complete block have arrived. */
  isStreamed(event: BlockEvent): boolean {
    return this.#streams.has(keyOf(event));
  }

  /** Adds a piece of a block. */
  append(event: DeltaEvent): void {
    const stream = this.#streams.get(keyOf(event)) ?? this.#start(event);
    stream.text += event.text;
    if (this.#shown === stream) this.#print(stream, stream.sanitizer.push(event.text));
  }

  #start(event: DeltaEvent): Stream {
    const parent = event.parent_tool_use_id;
    this.endStream(parent);
    // Blocks of earlier messages are complete by now.
    for (const [key, other] of this.#streams) {
      if (other.parent === parent && !key.startsWith(messageKeyOf(event))) {
        this.#streams.delete(key);
      }
    }
    const isThinking = event.type === "thinking_delta";
    const stream = {
      key: keyOf(event),
      parent,
      isThinking,
      sanitizer: new SanitizeStream(),
      wrapper: this.#createWrapper(isThinking, parent),
      text: "",
      isEnded: false,
    };
    this.#streams.set(stream.key, stream);
    this.#shown ??= stream;
    return stream;
  }

  /** Shows a complete block, or what is missing of it. */
  complete(event: BlockEvent): void {
    const parent = event.parent_tool_use_id;
    const isThinking = event.type === "thinking";
    const stream = this.#streams.get(keyOf(event));
    if (stream === undefined) {
      this.endStream(parent);
      this.#printWhole(event.text, isThinking, parent);
      return;
    }
    this.#streams.delete(stream.key);
    const isExtended = event.text.startsWith(stream.text);
    const rest = isExtended ? event.text.slice(stream.text.length) : "";
    if (this.#shown === stream) {
      this.#print(stream, stream.sanitizer.push(rest));
      this.#end(stream);
    } else if (!stream.isEnded) {
      this.#printWhole(event.text, isThinking, parent);
      return;
    } else {
      this.#printWhole(rest, isThinking, parent);
    }
    // The complete text may be trimmed.
    if (!isExtended && !stream.text.trim().startsWith(event.text.trim())) {
      this.#printWhole(event.text, isThinking, parent);
    }
  }

  /** Ends what is streamed by a subagent, or by the main agent: something else started there. */
  endStream(parent: string | undefined): void {
    for (const stream of this.#streams.values()) {
      if (stream.parent === parent) this.#end(stream);
    }
  }

  /** Ends everything that is streamed. */
  endAll(): void {
    for (const stream of this.#streams.values()) this.#end(stream);
    this.#streams.clear();
  }

  #end(stream: Stream): void {
    if (stream.isEnded) return;
    stream.isEnded = true;
    if (this.#shown !== stream) {
      this.#printWhole(stream.text, stream.isThinking, stream.parent);
      return;
    }
    this.#print(stream, stream.sanitizer.end());
    this.#printRows(stream.wrapper.end(), stream.isThinking, stream.parent, stream.key);
    this.#shown = undefined;
  }

  #print(stream: Stream, text: string): void {
    this.#printRows(stream.wrapper.push(text), stream.isThinking, stream.parent, stream.key);
  }

  #printWhole(text: string, isThinking: boolean, parent: string | undefined): void {
    const wrapper = this.#createWrapper(isThinking, parent);
    const rows = [...wrapper.push(sanitize(text)), ...wrapper.end()];
    const hidden = rows.length - THINKING_LINES;
    if (isThinking && hidden > 0) {
      rows.length = THINKING_LINES;
      rows.push(this.#terminal.styles.dim(`… +${formatCount(hidden, "line")}`));
    }
    this.#printRows(rows, isThinking, parent, `text ${this.#blockCount++}`);
  }

  #printRows(
    rows: readonly string[],
    isThinking: boolean,
    parent: string | undefined,
    blockId: string,
  ): void {
    if (rows.length === 0) return;
    const isContinued = this.#writer.lastBlockId === blockId;
    const depth = isContinued
      ? this.#sections.depthOf(parent)
      : this.#sections.startSection(parent);
    if (!isContinued) this.#writer.startBlock("text", depth, blockId);
    for (const row of rows) this.#writer.write(this.#withBar(row, isThinking), depth);
  }

  #withBar(row: string, isThinking: boolean): string {
    if (!isThinking) return row;
    return this.#terminal.styles.dim(row === "" ? THINKING_BAR.trimEnd() : THINKING_BAR) + row;
  }

  #createWrapper(isThinking: boolean, parent: string | undefined): TextWrapper {
    const { styles } = this.#terminal;
    const barColumns = isThinking ? THINKING_BAR.length : 0;
    return new TextWrapper({
      columns: () => {
        const columns = this.#writer.availableColumns(this.#sections.depthOf(parent));
        return columns === undefined ? undefined : columns - barColumns;
      },
      styles,
      style: isThinking ? styles.dim : styles.plain,
      markdown: !isThinking,
    });
  }
}

function messageKeyOf(event: BlockEvent | DeltaEvent): string {
  return `${JSON.stringify([event.parent_tool_use_id ?? null, event.message_id])} `;
}

function keyOf(event: BlockEvent | DeltaEvent): string {
  return `${messageKeyOf(event)}${event.index}`;
}

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

/** A block of the main agent whose pieces arrive. */
interface Stream {
  readonly key: string;
  readonly isThinking: boolean;
  readonly sanitizer: SanitizeStream;
  readonly wrapper: TextWrapper;
  /** The text that was shown. */
  text: string;
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
  readonly #terminal: Terminal;
  readonly #sections: SubagentSections;
  #stream: Stream | undefined;
  #blockCount = 0;

  /** Creates a renderer that writes to `writer`. */
  constructor(writer: BlockWriter, terminal: Terminal, sections: SubagentSections) {
    this.#writer = writer;
    this.#terminal = terminal;
    this.#sections = sections;
  }

  /** Returns the row of the streamed text that may still grow. */
  tail(): Tail | undefined {
    if (this.#stream === undefined || this.#stream.isEnded) return undefined;
    const row = this.#stream.wrapper.tail;
    if (row === undefined) return undefined;
    return { row: this.#withBar(row, this.#stream.isThinking), depth: 0 };
  }

  /** Returns whether pieces of a complete block were shown. */
  isStreamed(event: BlockEvent): boolean {
    return this.#stream?.key === keyOf(event);
  }

  /** Shows a piece of a block. */
  append(event: DeltaEvent): void {
    if (event.parent_tool_use_id !== undefined) return;
    if (this.#stream?.key !== keyOf(event)) this.#start(event);
    if (this.#stream !== undefined && !this.#stream.isEnded) this.#print(this.#stream, event.text);
  }

  #start(event: DeltaEvent): void {
    this.endStream();
    const isThinking = event.type === "thinking_delta";
    this.#stream = {
      key: keyOf(event),
      isThinking,
      sanitizer: new SanitizeStream(),
      wrapper: this.#createWrapper(isThinking, 0),
      text: "",
      isEnded: false,
    };
  }

  /** Shows a complete block, or what is missing of it. */
  complete(event: BlockEvent): void {
    const parent = event.parent_tool_use_id;
    const isThinking = event.type === "thinking";
    const stream = this.#stream;
    if (stream === undefined || !this.isStreamed(event)) {
      if (parent === undefined) this.endStream();
      this.#printWhole(event.text, isThinking, parent);
      return;
    }
    const rest = missingText(event.text, stream.text);
    if (rest !== undefined && !stream.isEnded) {
      this.#print(stream, rest);
      this.endStream();
    } else {
      this.endStream();
      this.#printWhole(rest ?? event.text, isThinking, parent);
    }
    this.#stream = undefined;
  }

  /** Ends the text that is streamed, because something else was started. */
  endStream(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.isEnded) return;
    stream.isEnded = true;
    const rows = [...stream.wrapper.push(stream.sanitizer.end()), ...stream.wrapper.end()];
    this.#printRows(rows, stream.isThinking, undefined, stream.key);
  }

  #print(stream: Stream, text: string): void {
    stream.text += text;
    const rows = stream.wrapper.push(stream.sanitizer.push(text));
    this.#printRows(rows, stream.isThinking, undefined, stream.key);
  }

  #printWhole(text: string, isThinking: boolean, parent: string | undefined): void {
    const wrapper = this.#createWrapper(isThinking, this.#sections.depthOf(parent));
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
    const depth = this.#sections.depthOf(parent);
    if (!isContinued) {
      this.#sections.startSection(parent);
      this.#writer.startBlock("text", depth, blockId);
    }
    for (const row of rows) this.#writer.write(this.#withBar(row, isThinking), depth);
  }

  #withBar(row: string, isThinking: boolean): string {
    if (!isThinking) return row;
    return this.#terminal.styles.dim(row === "" ? THINKING_BAR.trimEnd() : THINKING_BAR) + row;
  }

  #createWrapper(isThinking: boolean, depth: number): TextWrapper {
    const { styles } = this.#terminal;
    const barColumns = isThinking ? THINKING_BAR.length : 0;
    return new TextWrapper({
      columns: () => {
        const columns = this.#writer.availableColumns(depth);
        return columns === undefined ? undefined : columns - barColumns;
      },
      styles,
      style: isThinking ? styles.dim : styles.plain,
      markdown: !isThinking,
    });
  }
}

function keyOf(event: BlockEvent | DeltaEvent): string {
  return JSON.stringify([event.parent_tool_use_id ?? null, event.message_id, event.index]);
}

/** Returns what was not shown of a complete text; undefined if another text was shown. */
function missingText(text: string, shown: string): string | undefined {
  if (text.startsWith(shown)) return text.slice(shown.length);
  // The complete text may be trimmed.
  return shown.trim().startsWith(text.trim()) ? "" : undefined;
}

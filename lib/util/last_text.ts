import type { EventOf } from "../events.ts";
import { continuesText } from "./text_continuation.ts";
import { sliceStart } from "./truncate.ts";

/** The length of {@linkcode LastText.start}. */
const START_LENGTH = 1_000;

/** Tracks the last text of the main agent. Blocks that continue each other are one text. */
export class LastText {
  #text = "";
  #start = "";
  /** The last block of the text. */
  #lastBlock: EventOf<"text"> | undefined;
  /** The text of a result. It is compared only when that is needed, because it can be long. */
  #replacement = "";

  /** The text; empty if there is none. */
  get value(): string {
    // Reading a text that grows block by block would take quadratic time.
    if (this.#replacement === "") return this.#text;
    const isRepeated = this.#text.trim().endsWith(this.#replacement.trim());
    return isRepeated ? this.#text : this.#replacement;
  }

  /** The beginning of the text, which stays cheap to read while the text grows block by block. */
  get start(): string {
    return this.#start;
  }

  /** Returns whether a block continues the text. */
  isContinuedBy(block: EventOf<"text">): boolean {
    return this.#lastBlock !== undefined && continuesText(block, this.#lastBlock);
  }

  /** Records a text, or a notice that retracts one. */
  record(event: EventOf<"text" | "notice">): void {
    if (event.type === "text") this.#recordBlock(event);
    else this.#retract(event);
  }

  /** Replaces the text with that of a result, which often repeats only the last block. */
  replaceBy(text: string): void {
    this.#replacement = text;
  }

  #recordBlock(block: EventOf<"text">): void {
    if (block.parent_tool_use_id !== undefined) return;
    const isContinued = this.isContinuedBy(block);
    if (!isContinued && block.text.trim() === "") return;
    this.#text = isContinued ? this.value + block.text : block.text;
    this.#replacement = "";
    if (!isContinued || this.#start.length < START_LENGTH) {
      this.#start = sliceStart(this.#text, START_LENGTH);
    }
    this.#lastBlock = block;
  }

  #retract({ retracts }: EventOf<"notice">): void {
    const id = this.#lastBlock?.message_id;
    if (id === undefined || !retracts?.includes(id)) return;
    this.#text = this.#start = this.#replacement = "";
    this.#lastBlock = undefined;
  }
}

import type { EventOf } from "../events.ts";
import { continuesText } from "./text_continuation.ts";

/** Tracks the last text of the main agent. Blocks that continue each other are one text. */
export class LastText {
  #text = "";
  /** The last block of the text. */
  #lastBlock: EventOf<"text"> | undefined;
  /** The text of a result. It is compared only when that is needed, because it can be long. */
  #replacement = "";

  /** The text; empty if there is none. */
  get value(): string {
    const isRepeated = this.#text.trim().endsWith(this.#replacement.trim());
    return isRepeated ? this.#text : this.#replacement;
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
    this.#lastBlock = block;
  }

  #retract({ retracts }: EventOf<"notice">): void {
    const id = this.#lastBlock?.message_id;
    if (id === undefined || !retracts?.includes(id)) return;
    this.#text = this.#replacement = "";
    this.#lastBlock = undefined;
  }
}

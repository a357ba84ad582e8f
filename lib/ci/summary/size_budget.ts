/** The room for a line that reports how much is missing. */
export const OMISSION_BYTES = 100;

/** Blocks of Markdown are separated by a blank line. */
export const SEPARATOR = "\n\n";

const encoder = new TextEncoder();

/** Returns the size of a text in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Counts the bytes that are left for the blocks of a page. */
export class SizeBudget {
  #remaining: number;

  constructor(maxBytes: number) {
    this.#remaining = maxBytes;
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Returns the blocks if all of them fit, and none otherwise. */
  reserve(blocks: readonly string[]): readonly string[] {
    const size = blocks.reduce((sum, block) => sum + byteLength(block) + SEPARATOR.length, 0);
    if (size > this.#remaining) return [];
    this.#remaining -= size;
    return blocks;
  }
}

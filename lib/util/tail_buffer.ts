/**
 * Keeps the last bytes of a stream.
 *
 * @example
 * ```ts
 * import { TailBuffer } from "./tail_buffer.ts";
 *
 * const tail = new TailBuffer(4);
 * tail.push(new TextEncoder().encode("123456"));
 * console.log(tail.text()); // 3456
 * ```
 */
export class TailBuffer {
  readonly #maxBytes: number;
  /** Empty until there is something to keep, because most streams have nothing. */
  #bytes = new Uint8Array();
  #length = 0;
  /** Where the next byte goes. */
  #end = 0;

  /** @param maxBytes how many bytes are kept */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Appends a chunk. The oldest bytes beyond the limit are dropped. */
  push(chunk: Uint8Array): void {
    const capacity = this.#maxBytes;
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(capacity);
    const kept = chunk.subarray(Math.max(0, chunk.length - capacity));
    const beforeWrap = Math.min(kept.length, capacity - this.#end);
    this.#bytes.set(kept.subarray(0, beforeWrap), this.#end);
    this.#bytes.set(kept.subarray(beforeWrap), 0);
    this.#end = (this.#end + kept.length) % capacity;
    this.#length = Math.min(capacity, this.#length + kept.length);
  }

  /** Forgets the kept bytes. */
  clear(): void {
    this.#length = this.#end = 0;
  }

  /** Returns the kept bytes as text. */
  text(): string {
    const decoder = new TextDecoder();
    if (this.#length < this.#maxBytes) {
      return decoder.decode(this.#bytes.subarray(0, this.#length));
    }
    const older = decoder.decode(this.#bytes.subarray(this.#end), { stream: true });
    return older + decoder.decode(this.#bytes.subarray(0, this.#end));
  }
}

/** The last bytes of a stream, within a bound. */
export interface TailBuffer {
  /** Takes a chunk; what is beyond the bound is forgotten, oldest first. */
  push(chunk: Uint8Array): void;
  /** What is kept, as text. */
  text(): string;
}

/** Makes an empty {@linkcode TailBuffer} that keeps `maxBytes`. */
export function createTailBuffer(maxBytes: number): TailBuffer {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    push(chunk) {
      // A copy, so that a small part does not keep a large chunk alive.
      const kept = chunk.slice(Math.max(0, chunk.length - maxBytes));
      chunks.push(kept);
      size += kept.length;
      while (size > maxBytes) {
        const first = chunks[0];
        if (first === undefined) break;
        const excess = size - maxBytes;
        if (first.length <= excess) {
          chunks.shift();
          size -= first.length;
        } else {
          chunks[0] = first.subarray(excess);
          size -= excess;
        }
      }
    },
    text() {
      const all = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      return new TextDecoder().decode(all);
    },
  };
}

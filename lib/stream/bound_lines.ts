/** Options of {@linkcode BoundLines}. */
export interface BoundLinesOptions {
  /** The most bytes of a line that are let through. @default {67108864} */
  maxBytes?: number;
}

/**
 * The longest line that is read whole: 64 MiB. Tool results with images make
 * lines of many megabytes, so the bound is far above any real line; it is there
 * so that a stream without newlines cannot fill the memory.
 */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Cuts lines that are longer than a bound, in bytes and before anything is
 * decoded. What is within the bound passes through untouched, in the same chunks.
 *
 * @example
 * ```ts
 * import { BoundLines } from "./bound_lines.ts";
 *
 * const bound = new BoundLines({ maxBytes: 4 });
 * const text = await new Response(
 *   new Blob(["123456\nabc\n"]).stream().pipeThrough(bound),
 * ).text();
 * console.log(text, bound.takeCut(0), bound.takeCut(1)); // "1234\nabc\n" true false
 * ```
 */
export class BoundLines extends TransformStream<Uint8Array, Uint8Array> {
  #cut = new Set<number>();

  constructor(options: BoundLinesOptions = {}) {
    const maxBytes = options.maxBytes ?? MAX_LINE_BYTES;
    const cut = new Set<number>();
    let line = 0;
    let length = 0; // of the current line so far, also of what was dropped
    super({
      transform(chunk, controller) {
        let start = 0; // of what is not passed on yet
        let from = 0;
        while (from < chunk.length) {
          const newline = chunk.indexOf(NEWLINE, from);
          const end = newline < 0 ? chunk.length : newline;
          const before = length;
          length += end - from;
          if (length > maxBytes) {
            cut.add(line);
            // Pass on what is still within the bound, then drop up to the newline.
            const keep = from + Math.max(0, maxBytes - before);
            if (keep > start) controller.enqueue(chunk.subarray(start, keep));
            start = end;
          }
          if (newline < 0) break;
          line++;
          length = 0;
          from = newline + 1;
        }
        if (start === 0) controller.enqueue(chunk);
        else if (start < chunk.length) controller.enqueue(chunk.subarray(start));
      },
    });
    this.#cut = cut;
  }

  /** Whether line number `line`, counted from 0, was cut. Asking forgets it. */
  takeCut(line: number): boolean {
    return this.#cut.size > 0 && this.#cut.delete(line);
  }
}

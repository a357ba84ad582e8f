import { concat } from "@std/bytes/concat";

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Spaces, tabs and line ends. */
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** The field that marks ccrun's own lines. */
const KEY = "source";
const VALUE = "ccrun";

/** What replaces {@linkcode VALUE}. */
const CLAUDE = new TextEncoder().encode("claude");

/** JSON can write a character as an escape of six. */
const MAX_SPELLING = 6;

/** Longer segments complete no pair. */
const MAX_SEGMENT = MAX_SPELLING * KEY.length;

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Changes `"source":"ccrun"` to `"source":"claude"` in what claude writes, however JSON spells it, at any
 * depth, and even if the line is not JSON. Everything else stays as it is. In the text of a message, the
 * quotes are escaped, so it never changes.
 *
 * It compares the segments between quotes, because chunks end anywhere and lines can have any length. Only
 * the beginning of a value is held back.
 *
 * @example
 * ```ts
 * import { SourceMark } from "./source_mark.ts";
 *
 * let text = "";
 * const mark = new SourceMark((bytes) => text += new TextDecoder().decode(bytes));
 * mark.change(new TextEncoder().encode('{"source":"ccrun"}'));
 * console.log(text); // {"source":"claude"}
 * ```
 */
export class SourceMark {
  readonly #write: (bytes: Uint8Array) => void;
  /** What the current segment must be to continue the pair. */
  #expected: "key" | "colon" | "value" = "key";
  /** The beginning of the segment, from earlier chunks. If a value is expected, it was not written. */
  #begun: Uint8Array = NOTHING;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** Writes a chunk. */
  change(chunk: Uint8Array): void {
    let unwritten = 0;
    let start = 0;
    for (let quote = chunk.indexOf(QUOTE); quote !== -1; quote = chunk.indexOf(QUOTE, start)) {
      if (this.#expected === "value" && this.#spells(VALUE, chunk, start, quote)) {
        this.#write(chunk.subarray(unwritten, start));
        this.#write(CLAUDE);
        unwritten = quote;
        this.#expected = "key";
      } else {
        this.#releaseValue();
        this.#expected = this.#expectedAfter(chunk, start, quote);
      }
      this.#begun = NOTHING;
      start = quote + 1;
    }
    const isHeld = this.#expected === "value" &&
      this.#begun.length + chunk.length - start <= MAX_SEGMENT;
    if (!isHeld) this.#releaseValue();
    this.#write(chunk.subarray(unwritten, isHeld ? start : undefined));
    this.#begin(chunk.subarray(start));
  }

  /** Writes what is held back, because something else follows. */
  end(): void {
    this.#releaseValue();
    this.#expected = "key";
    this.#begun = NOTHING;
  }

  #releaseValue(): void {
    if (this.#expected !== "value") return;
    this.#write(this.#begun);
    this.#expected = "key";
  }

  /** Keeps the beginning of a segment that the next chunk continues. */
  #begin(bytes: Uint8Array): void {
    const kept = this.#expected === "colon" ? bytes.filter(isNotBlank) : bytes;
    this.#begun = concat([this.#begun, kept.subarray(0, MAX_SEGMENT + 1)]);
  }

  #expectedAfter(chunk: Uint8Array, start: number, end: number): "key" | "colon" | "value" {
    if (this.#expected === "colon") {
      const [first, second] = concat([this.#begun, chunk.subarray(start, end).filter(isNotBlank)]);
      if (first === COLON && second === undefined) return "value";
    }
    return this.#spells(KEY, chunk, start, end) ? "colon" : "key";
  }

  /** Returns whether the current segment, which ends at `end` in a chunk, is a JSON spelling of a word. */
  #spells(word: string, chunk: Uint8Array, start: number, end: number): boolean {
    const length = this.#begun.length + end - start;
    if (length < word.length || length > MAX_SPELLING * word.length) return false;
    const first = this.#begun[0] ?? chunk[start];
    // Nearly every segment ends here.
    if (first !== word.charCodeAt(0) && first !== BACKSLASH) return false;
    const segment = concat([this.#begun, chunk.subarray(start, end)]);
    return decodeJson(String.fromCharCode(...segment)) === word;
  }
}

function isNotBlank(byte: number): boolean {
  return !WHITE_SPACE.has(byte);
}

/** Returns what a JSON string means; undefined if it is not valid. */
function decodeJson(content: string): unknown {
  try {
    return JSON.parse(`"${content}"`);
  } catch {
    return undefined;
  }
}

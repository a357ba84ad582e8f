import { concat } from "@std/bytes/concat";

const NEWLINE = byteOf("\n");
const SPACE = byteOf(" ");
const QUOTE = byteOf('"');
const BACKSLASH = byteOf("\\");
const COMMA = byteOf(",");
const OPEN_BRACE = byteOf("{");
const CLOSE_BRACE = byteOf("}");
const OPEN_BRACKET = byteOf("[");
const CLOSE_BRACKET = byteOf("]");

/** How many bytes the first characters of a document can take, with the white space between them. */
const MAX_LOOKAHEAD = 1024;

/**
 * Creates a stream that puts each object of a JSON document on its own line: the elements of an array, and
 * indented objects. Other lines pass unchanged, and the number of bytes stays the same. If the first message
 * is on its own line, the rest of the stream passes unread.
 *
 * @example
 * ```ts
 * import { oneObjectPerLine } from "./json_layout.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * const bytes = new Blob(['[{"a":1},{\n"b":2}]']).stream().pipeThrough(oneObjectPerLine());
 * console.log(JSON.stringify(await toText(bytes))); // " {\"a\":1}\n{ \"b\":2}\n"
 * ```
 */
export function oneObjectPerLine(): TransformStream<Uint8Array, Uint8Array> {
  const layout = new JsonLayout();
  let unread: Uint8Array = new Uint8Array();
  return new TransformStream({
    transform(chunk, controller) {
      const bytes = unread.length === 0 ? chunk : concat([unread, chunk]);
      const { done, output } = layout.change(bytes);
      unread = bytes.subarray(done);
      if (done > 0) controller.enqueue(output.subarray(0, done));
    },
    flush(controller) {
      if (unread.length > 0) controller.enqueue(unread);
    },
  });
}

/**
 * Where the next byte is: at the start of a line, in a line that is not part of a document, before the
 * first object of a document, in an object, after it, or in a text that has one object a line.
 */
type Place = "line start" | "line" | "before objects" | "object" | "after object" | "lines";

/** Replaces the line ends and the commas of JSON documents. */
class JsonLayout {
  #place: Place = "line start";
  /** How many arrays around the objects are open. */
  #openArrays = 0;
  /** How many braces and brackets of the current object are open. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #bytes: Uint8Array = new Uint8Array();
  #output: Uint8Array = new Uint8Array();

  /**
   * Changes the bytes of a chunk.
   *
   * @returns how many bytes are done; the rest cannot be read until more bytes follow
   */
  change(bytes: Uint8Array): { readonly done: number; readonly output: Uint8Array } {
    this.#bytes = this.#output = bytes;
    let at = 0;
    while (at < bytes.length) {
      const next = this.#read(at);
      if (next === undefined) break;
      at = next;
    }
    return { done: at, output: this.#output };
  }

  /** Reads what is at an offset. Returns the next offset; undefined if more bytes are needed. */
  #read(at: number): number | undefined {
    switch (this.#place) {
      case "line start":
        return this.#readLineStart(at);
      case "line":
        return this.#skipLine(at);
      case "lines":
        return this.#bytes.length;
      case "object":
        return this.#readObject(at);
      case "before objects":
      case "after object":
        return this.#readBetween(at);
    }
  }

  #readLineStart(at: number): number | undefined {
    const place = placeAtLineStart(this.#bytes, at);
    if (place === undefined) return undefined;
    this.#place = place;
    return at;
  }

  #skipLine(at: number): number {
    const newline = this.#bytes.indexOf(NEWLINE, at);
    if (newline < 0) return this.#bytes.length;
    this.#place = "line start";
    return newline + 1;
  }

  /** Reads a byte that separates objects. */
  #readBetween(at: number): number {
    const byte = this.#bytes[at];
    const isInArray = this.#openArrays > 0;
    if (byte === OPEN_BRACE) {
      this.#place = "object";
    } else if (byte === OPEN_BRACKET && (isInArray || this.#place === "before objects")) {
      this.#openArrays++;
      this.#replace(at, SPACE);
    } else if (byte === COMMA) {
      this.#replace(at, NEWLINE);
    } else if (byte === CLOSE_BRACKET && isInArray) {
      this.#openArrays--;
      this.#replace(at, NEWLINE);
    } else if (byte === NEWLINE) {
      if (isInArray) this.#replace(at, SPACE);
      else this.#place = "line start";
    } else if (!isSpace(byte)) {
      this.#openArrays = 0;
      this.#place = "line";
    }
    return byte === OPEN_BRACE ? at : at + 1;
  }

  /** Reads an object, or the part of it that has arrived. */
  #readObject(start: number): number | undefined {
    const bytes = this.#bytes;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === NEWLINE) {
        const isAbandoned = beginsMessage(bytes, at + 1);
        if (isAbandoned === undefined) return at === start ? undefined : at;
        if (this.#isInString || isAbandoned) return this.#abandonObject(at);
        this.#replace(at, SPACE);
      } else if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth > 0) continue;
        this.#place = "after object";
        return at + 1;
      }
    }
    return bytes.length;
  }

  /** Ends an object that is cut off, at the newline before something else. */
  #abandonObject(newline: number): number {
    this.#depth = this.#openArrays = 0;
    this.#isInString = this.#isEscaped = false;
    this.#place = "line start";
    return newline + 1;
  }

  /** Replaces a byte in a copy, because the chunk belongs to others, too. */
  #replace(at: number, byte: number): void {
    if (this.#output === this.#bytes) this.#output = this.#bytes.slice();
    this.#output[at] = byte;
  }
}

/**
 * Returns what begins with a line: a document whose layout has to change, messages of a line each, or a
 * line that is neither.
 *
 * @returns undefined if more bytes are needed
 */
function placeAtLineStart(bytes: Uint8Array, start: number): Place | undefined {
  let isArray = false;
  let isObject = false;
  let isIndented = false;
  const end = Math.min(bytes.length, start + MAX_LOOKAHEAD);
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === OPEN_BRACKET && !isObject) isArray = true;
    else if (byte === OPEN_BRACE && !isObject) isObject = true;
    else if (byte === QUOTE && isObject) {
      if (isArray || isIndented) return "before objects";
      return isMessage(bytes.subarray(at, end)) ? "lines" : "line";
    } else if (!isSpace(byte)) return "line";
    else if (byte === NEWLINE && isObject) isIndented = true;
    else if (byte === NEWLINE && !isArray) return "line";
  }
  return end === bytes.length ? undefined : "line";
}

/** Returns whether a compact object has a type, judging by its beginning. Log lines have none. */
function isMessage(bytes: Uint8Array): boolean {
  const [line = ""] = new TextDecoder().decode(bytes).split("\n", 1);
  return line.includes('"type"');
}

/**
 * Returns whether a compact object begins at an offset. It does not within an indented object.
 *
 * @returns undefined if more bytes are needed
 */
function beginsMessage(bytes: Uint8Array, at: number): boolean | undefined {
  if (at >= bytes.length) return undefined;
  if (bytes[at] !== OPEN_BRACE) return false;
  return at + 1 < bytes.length ? bytes[at + 1] === QUOTE : undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === 0x09 || byte === 0x0d;
}

function byteOf(character: string): number {
  return character.charCodeAt(0);
}

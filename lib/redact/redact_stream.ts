import { REDACTED, type Redactor } from "./redactor.ts";
import { redactJsonLine } from "./json_line.ts";
import { MAX_LINE_BYTES } from "../stream/line_limit.ts";

/** Takes secrets out of a stream of lines that comes in chunks. */
export interface RedactLineStream {
  /** Takes a chunk, and gives what is certain by now; may be empty. */
  push(chunk: Uint8Array): Uint8Array;
  /** Gives what was held back: a last line without its end. */
  end(): Uint8Array;
}

/** Options of {@linkcode createRedactStream}. */
export interface RedactedBytesOptions {
  /**
   * A line that is longer is looked at in pieces, so that it need not be kept.
   *
   * @default {67108864}
   */
  maxLineBytes?: number;
  /** How much of a piece is looked at again with the next one. @default {65536} */
  overlapBytes?: number;
}

const NEWLINE = 0x0a;

/** Two pieces together make the work worth more than what is looked at twice. */
const PIECES_PER_OVERLAP = 16;

/** That something is a secret can be told by what is before it: the name of a header, a URL. */
const CONTEXT = 512;

/**
 * Takes the secrets out of claude's stream, line by line. Lines without secrets pass byte for
 * byte; JSON stays valid JSON, and a message the message that it was. Pieces of texts
 * (`content_block_delta`) are emptied, for a secret may be spread over several.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redactor.ts";
 * import { createRedactStream } from "./redact_stream.ts";
 *
 * const bytes = createRedactStream(createRedactor({ DB_PASSWORD: "correct horse" }));
 * const line = new TextEncoder().encode('{"text":"it is correct horse"}\n');
 * console.log(new TextDecoder().decode(bytes.push(line))); // {"text":"it is [redacted]"}
 * ```
 */
export function createRedactStream(
  redactor: Redactor,
  options: RedactedBytesOptions = {},
): RedactLineStream {
  const { maxLineBytes = MAX_LINE_BYTES, overlapBytes = 64 * 1024 } = options;
  const encoder = new TextEncoder();
  // A byte order mark is part of the line.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The line that has no end yet. */
  let pending: Uint8Array[] = [];
  let length = 0;
  /** Whether its beginning was let go. */
  let inPieces = false;

  function hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    pending.push(bytes);
    length += bytes.length;
  }

  function takePending(): Uint8Array {
    const bytes = pending.length === 1 ? pending[0] as Uint8Array : concat(pending);
    pending = [];
    length = 0;
    return bytes;
  }

  function redacted(bytes: Uint8Array, redact: (text: string) => string): Uint8Array {
    const text = decoder.decode(bytes);
    const clean = redact(text);
    return clean === text ? bytes : encoder.encode(clean);
  }

  function endLine(): Uint8Array {
    const line = takePending();
    const wasInPieces = inPieces;
    inPieces = false;
    if (line.length === 0) return line;
    return redacted(line, wasInPieces ? redactor.text : (text) => redactLine(text, redactor));
  }

  /** Lets as much of a long line go as no secret can begin in any more. */
  function takePiece(): Uint8Array {
    inPieces = true;
    const bytes = takePending();
    let cut = bytes.length - overlapBytes;
    while (cut > 0 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
    const head = decoder.decode(bytes.subarray(0, cut));
    const text = head + decoder.decode(bytes.subarray(cut));
    const found = redactor.find(text);
    let keepFrom = head.length;
    for (const [from, to] of found.toReversed()) {
      if (to > keepFrom && from - CONTEXT < keepFrom) keepFrom = Math.max(0, from - CONTEXT);
    }
    if (keepFrom === 0) {
      // What is longer than that is no secret that somebody could use; it goes as far as it is known.
      const to = found[0]?.[1] ?? 0;
      hold(encoder.encode(text.slice(to)));
      return encoder.encode(text.slice(0, found[0]?.[0] ?? 0) + REDACTED);
    }
    if (keepFrom < head.length) hold(encoder.encode(head.slice(keepFrom)));
    // A copy: a chunk may be large, and what is kept of it small.
    hold(bytes.slice(cut));
    if (keepFrom === head.length) return redacted(bytes.subarray(0, cut), () => clean(head));
    return encoder.encode(clean(head.slice(0, keepFrom)));

    /** The text up to where it is kept, by what was found in all of it. */
    function clean(beginning: string): string {
      let result = "";
      let at = 0;
      for (const [from, to] of found) {
        if (from >= beginning.length) break;
        result += beginning.slice(at, from) + REDACTED;
        at = to;
      }
      return at === 0 ? beginning : result + beginning.slice(at);
    }
  }

  return {
    push(chunk) {
      const parts: Uint8Array[] = [];
      let at = 0;
      while (at < chunk.length) {
        const end = chunk.indexOf(NEWLINE, at);
        const stop = end === -1 ? chunk.length : end;
        // What stays is a copy, for the chunk's owner may use it again.
        hold(end === -1 ? chunk.slice(at) : chunk.subarray(at, stop));
        while (length > (inPieces ? overlapBytes * PIECES_PER_OVERLAP : maxLineBytes)) {
          const before = length;
          parts.push(takePiece());
          if (length >= before) break;
        }
        if (end !== -1) parts.push(endLine(), NEWLINE_BYTES);
        at = stop + 1;
      }
      return concat(parts);
    },
    end: endLine,
  };
}

const NEWLINE_BYTES = new Uint8Array([NEWLINE]);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A line without secrets: those in JSON are taken out of its strings, so that it stays JSON. */
function redactLine(line: string, redactor: Redactor): string {
  return redactJsonLine(line, redactor) ?? redactor.text(line);
}

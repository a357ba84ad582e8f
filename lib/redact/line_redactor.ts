import { concat } from "@std/bytes/concat";
import { isJsonObject } from "../util/json.ts";
import { MAX_LINE_BYTES } from "../util/lines.ts";
import { REDACTED, type Redactor } from "./redactor.ts";

const NEWLINE = 0x0a;

/**
 * Removes secrets from Claude Code's output, line by line. A line without secrets passes byte for byte.
 * A line with a secret is written anew as JSON and stays a message of the same kind. Partial text
 * (`content_block_delta`) is emptied, because a secret may be spread over several messages.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redactor.ts";
 * import { LineRedactor } from "./line_redactor.ts";
 *
 * const redactor = new LineRedactor(createRedactor({ DB_PASSWORD: "correct horse" }));
 * const line = new TextEncoder().encode('{"text":"it is correct horse"}\n');
 * console.log(new TextDecoder().decode(redactor.push(line))); // {"text":"it is [redacted]"}
 * ```
 */
export class LineRedactor {
  readonly #redactor: Redactor;
  readonly #maxLineBytes: number;
  readonly #encoder = new TextEncoder();
  // A byte order mark is part of the line.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The pieces of the unfinished line; empty if it is too long. */
  #pieces: Uint8Array[] = [];
  #lineBytes = 0;

  /** @param maxLineBytes the longest line that is redacted; a longer one is replaced as a whole */
  constructor(redactor: Redactor, maxLineBytes: number = MAX_LINE_BYTES) {
    this.#redactor = redactor;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds a chunk. Returns the lines that it completes. */
  push(chunk: Uint8Array): Uint8Array {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end + 1));
      lines.push(this.#endLine("\n"));
      start = end + 1;
    }
    // The caller may reuse the chunk.
    this.#append(chunk.slice(start));
    return concat(lines);
  }

  /** Returns the last line, if it has no line end. */
  end(): Uint8Array {
    return this.#endLine("");
  }

  #append(piece: Uint8Array): void {
    this.#lineBytes += piece.length;
    if (this.#lineBytes <= this.#maxLineBytes) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #endLine(lineEnd: string): Uint8Array {
    const isTooLong = this.#lineBytes > this.#maxLineBytes;
    const bytes = concat(this.#pieces);
    this.#pieces = [];
    this.#lineBytes = 0;
    if (isTooLong) return this.#encoder.encode(REDACTED + lineEnd);
    const line = this.#decoder.decode(bytes);
    const redacted = redactLine(line, this.#redactor);
    return redacted === line ? bytes : this.#encoder.encode(redacted);
  }
}

/** Redacts a line with its line end. Returns the same text if it contains no secret. */
function redactLine(line: string, redactor: Redactor): string {
  const json = line.trimEnd();
  try {
    const message: unknown = JSON.parse(json);
    const redacted = redactor.json(withoutPartialText(message));
    return redacted === message ? line : JSON.stringify(redacted) + line.slice(json.length);
  } catch {
    // Not JSON, or nested too deeply.
    return redactor.text(line);
  }
}

/** Returns a `content_block_delta` with empty text, and any other message as it is. */
function withoutPartialText(message: unknown): unknown {
  if (!isJsonObject(message) || !isJsonObject(message["event"])) return message;
  const { event } = message;
  if (event["type"] !== "content_block_delta") return message;
  return { ...message, event: { ...event, delta: emptyTexts(event["delta"], "") } };
}

function emptyTexts(value: unknown, field: string): unknown {
  if (typeof value === "string") return field === "type" ? value : "";
  if (Array.isArray(value)) return value.map((item) => emptyTexts(item, ""));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, emptyTexts(item, name)]),
  );
}

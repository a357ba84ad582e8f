import { concat } from "@std/bytes/concat";
import type { EventOf, RunEvent } from "../events.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";
import { SourceMark } from "./source_mark.ts";

/** Returns the session id in a line; undefined if it has none. */
type FindSessionId = (line: string) => string | undefined;

/** Renders the `raw` format from bytes and events. */
export interface RawRenderer extends Renderer {
  /** Writes a chunk that claude wrote to stdout. It must not change afterwards. */
  writeBytes(chunk: Uint8Array): void;
}

/** If a line is longer than this, no session id is searched for. The first lines are short. */
const MAX_SEARCHED_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Creates the renderer of the `raw` format: claude's lines byte for byte. ccrun adds `session_info` before
 * the first line with a session id, `waiting`, and `error` and `exit` at the end, each marked as its own. That mark is
 * changed in claude's lines.
 */
export function createRawRenderer(
  writer: BufferedWriter,
  findSessionId: FindSessionId,
): RawRenderer {
  return new Raw(writer, findSessionId);
}

class Raw implements RawRenderer {
  readonly #writer: BufferedWriter;
  readonly #findSessionId: FindSessionId;
  readonly #mark: SourceMark;
  #isSearching = true;
  /** The line in which the session id is searched for. */
  #line: Uint8Array[] = [];
  #lastByte = NEWLINE;
  /** When the run started; null in a replay. */
  #startedAt: number | null = null;

  constructor(writer: BufferedWriter, findSessionId: FindSessionId) {
    this.#writer = writer;
    this.#findSessionId = findSessionId;
    this.#mark = new SourceMark((bytes) => writer.writeBytes(bytes));
  }

  writeBytes(chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#isSearching && rest.length > 0) {
      const newline = rest.indexOf(NEWLINE);
      const end = newline === -1 ? rest.length : newline + 1;
      this.#line.push(rest.subarray(0, end));
      rest = rest.subarray(end);
      if (newline !== -1) this.#endLine();
      else if (lengthOf(this.#line) > MAX_SEARCHED_BYTES) this.#stopSearching();
    }
    this.#write(rest);
  }

  event(event: RunEvent): void {
    if (event.type === "start") this.#startedAt = event.time === null ? null : performance.now();
    if (event.type !== "waiting" && event.type !== "error" && event.type !== "exit") return;
    // The last line may have no end.
    if (this.#line.length > 0) this.#endLine();
    this.#writeOwn(event);
  }

  #endLine(): void {
    const line = concat(this.#line);
    this.#line = [];
    const sessionId = this.#findSessionId(new TextDecoder().decode(line));
    if (sessionId !== undefined) {
      this.#isSearching = false;
      this.#writeOwn({
        type: "session_info",
        seq: 1,
        time_ms: this.#startedAt === null ? null : Math.round(performance.now() - this.#startedAt),
        session_id: sessionId,
      });
    }
    this.#write(line);
  }

  #stopSearching(): void {
    this.#isSearching = false;
    for (const part of this.#line) this.#write(part);
    this.#line = [];
  }

  #write(bytes: Uint8Array): void {
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    this.#mark.change(bytes);
  }

  #writeOwn(event: EventOf<"session_info" | "waiting" | "error" | "exit">): void {
    this.#mark.end();
    if (this.#lastByte !== NEWLINE) this.#writer.write("\n");
    this.#lastByte = NEWLINE;
    this.#writer.write(`${stringifySafe({ source: "ccrun", ...event })}\n`);
  }
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

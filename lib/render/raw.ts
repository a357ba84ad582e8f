import type { RunEvent } from "../events.ts";
import { stringifySafe } from "../util/safe_json.ts";
import type { Renderer } from "./renderer.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";

/** Options of {@linkcode createRawRenderer}. */
export interface RawRendererOptions {
  /** Finds the session's id in a line, when it has one. */
  findSessionId: (line: string) => string | undefined;
}

/** The `raw` format's output, which is also given the bytes. */
export interface RawRenderer extends Renderer {
  /** Takes a chunk of claude's stdout. */
  bytes(chunk: Uint8Array): void;
}

/**
 * How much of a line is held back to look for a session id. The first lines are
 * short; a longer one passes without a look.
 */
const MAX_HELD_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * The `raw` format: claude's own lines byte for byte, and between them only what
 * a reader cannot know from them: `session_info`, once, before the first line that
 * carries an id, and `error` and `exit`. Each of these is marked as ccrun's.
 */
export function createRawRenderer(sink: BufferedWriter, options: RawRendererOptions): RawRenderer {
  let isLooking = true;
  let isSkippingLine = false;
  let held: Uint8Array = new Uint8Array();
  let lastByte = NEWLINE;
  let startMs: number | null = null;

  const pass = (bytes: Uint8Array) => {
    lastByte = bytes.at(-1) ?? lastByte;
    sink.writeBytes(bytes);
  };
  const own = (event: object) => {
    if (lastByte !== NEWLINE) sink.write("\n");
    lastByte = NEWLINE;
    sink.write(`${stringifySafe({ source: "ccrun", ...event })}\n`);
  };
  const look = (line: Uint8Array) => {
    const id = options.findSessionId(new TextDecoder().decode(line));
    if (id === undefined) return;
    isLooking = false;
    own({
      type: "session_info",
      seq: 1,
      time_ms: startMs === null ? null : Math.round(performance.now() - startMs),
      session_id: id,
    });
  };
  const release = () => {
    const bytes = held;
    held = new Uint8Array();
    pass(bytes);
  };
  const hold = (chunk: Uint8Array) => {
    let from = 0;
    while (isLooking && from < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const end = newline < 0 ? chunk.length : newline + 1;
      const part = chunk.subarray(from, end);
      from = end;
      if (isSkippingLine) {
        pass(part);
      } else {
        held = concat(held, part);
        if (newline >= 0 || held.length > MAX_HELD_BYTES) {
          if (newline >= 0) look(held);
          else isSkippingLine = true;
          release();
        }
      }
      if (newline >= 0) isSkippingLine = false;
    }
    if (from < chunk.length) pass(chunk.subarray(from));
  };
  return {
    bytes(chunk) {
      if (isLooking) hold(chunk);
      else pass(chunk);
    },
    event(event: RunEvent) {
      if (event.type === "start") startMs = event.time === null ? null : performance.now();
      if (event.type !== "error" && event.type !== "exit") return;
      if (held.length > 0) {
        look(held); // a last line without its end
        release();
      }
      own(event);
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  // A copy also where there is only one: the chunk's buffer is its producer's.
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

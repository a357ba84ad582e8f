/**
 * Recordings of any length, of traffic with partial messages, as most lines of a long run are.
 *
 * @module
 */

import { asObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";

/** What is repeated: a real session. */
const SAMPLE = `${REPOSITORY}/tests/recordings/2.1.197-tools-partial.jsonl`;

/** How much is written at once. */
const WRITE_LENGTH = 1024 * 1024;

/** A recording, and what must come of it. */
export interface Recording {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** The texts, thoughts, tool uses and tool results in it. */
  readonly blocks: number;
  /** The pieces of texts and thoughts. */
  readonly deltas: number;
}

/** How to write a recording. */
export interface RecordingOptions {
  /** About how large, in MB of 10^6 bytes. */
  readonly megabytes: number;
  /**
   * Whether its last line is left out, so that it can be repeated.
   *
   * @default {false}
   */
  readonly isOpen?: boolean;
}

/** Writes a recording: one session, in which every message and tool use has an id of its own. */
export async function writeRecording(
  path: string,
  { megabytes, isOpen = false }: RecordingOptions,
): Promise<Recording> {
  const lines = sampleLines();
  const [init = ""] = lines;
  const turns = lines.slice(1, -1);
  const once = turns.map(contentsOf).reduce(
    (sum, { blocks, deltas }) => ({ blocks: sum.blocks + blocks, deltas: sum.deltas + deltas }),
  );
  const pattern = `${turns.join("\n")}\n`;
  const encoder = new TextEncoder();
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  let bytes = 0;
  let text = `${init}\n`;
  const flush = async () => {
    const encoded = encoder.encode(text);
    text = "";
    bytes += encoded.length;
    for (let at = 0; at < encoded.length;) at += await file.write(encoded.subarray(at));
  };
  let copies = 0;
  while (copies === 0 || bytes + text.length < megabytes * 1e6) {
    text += pattern.replaceAll(/"(msg|toolu)_/g, `"$1_${copies++}_`);
    if (text.length > WRITE_LENGTH) await flush();
  }
  if (!isOpen) text += lastLine();
  await flush();
  return {
    path,
    bytes,
    lines: 1 + turns.length * copies + (isOpen ? 0 : 1),
    blocks: once.blocks * copies,
    deltas: once.deltas * copies,
  };
}

/** The line that ends an open recording. */
export function lastLine(): string {
  return `${sampleLines().at(-1)}\n`;
}

function sampleLines(): readonly string[] {
  return Deno.readTextFileSync(SAMPLE).trimEnd().split("\n");
}

/** Counts what is in a line without ccrun's own code, which is what is measured. */
function contentsOf(line: string): { blocks: number; deltas: number } {
  const { type, message, event } = asObject(JSON.parse(line));
  if (type === "stream_event") {
    const { delta } = asObject(event);
    const isText = delta !== undefined && /^(text|thinking)_delta$/.test(
      String(asObject(delta)["type"]),
    );
    return { blocks: 0, deltas: isText ? 1 : 0 };
  }
  if (type !== "assistant" && type !== "user") return { blocks: 0, deltas: 0 };
  const { content } = asObject(message);
  return { blocks: Array.isArray(content) ? content.length : 1, deltas: 0 };
}

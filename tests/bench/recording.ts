/**
 * Writes recordings of any size, with partial messages, like most lines of a long run.
 *
 * @module
 */

import { REPOSITORY } from "../support/paths.ts";

/** A real session, which is repeated. */
const SAMPLE = `${REPOSITORY}/tests/recordings/2.1.197-tools-partial.jsonl`;

/** The number of bytes that are written at once. */
const WRITE_SIZE = 1024 * 1024;

/** A recording and the number of events that a replay of it must contain. */
export interface Recording {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** The number of texts, thoughts, tool calls and tool results. */
  readonly blocks: number;
}

/** Writes the recording of one session in which every message and tool call has its own id. */
export async function writeRecording(path: string, megabytes: number): Promise<Recording> {
  const [first = "", ...rest] = (await Deno.readTextFile(SAMPLE)).trimEnd().split("\n");
  const last = rest.pop() ?? "";
  const pattern = `${rest.join("\n")}\n`;
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let [bytes, copies] = [0, 0];
  let text = `${first}\n`;
  const flush = async () => {
    const chunk = encoder.encode(text);
    await writer.write(chunk);
    bytes += chunk.length;
    text = "";
  };
  while (copies === 0 || bytes + text.length < megabytes * 1e6) {
    text += pattern.replaceAll(/"(msg|toolu)_/g, `"$1_${copies++}_`);
    if (text.length > WRITE_SIZE) await flush();
  }
  text += `${last}\n`;
  await flush();
  return { path, bytes, lines: 2 + rest.length * copies, blocks: countBlocks(rest) * copies };
}

/** Counts blocks without ccrun's own code, which is the code under test. */
function countBlocks(lines: readonly string[]): number {
  const messages = lines.map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "assistant" || type === "user"
  );
  return messages.reduce(
    (sum, { message: { content } }) => sum + (Array.isArray(content) ? content.length : 1),
    0,
  );
}

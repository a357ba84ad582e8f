import { concat } from "@std/bytes/concat";
import { MAX_LINE_BYTES } from "../../util/lines.ts";
import type { TaskResult } from "../task_result.ts";
import { parseResult } from "./parse_result.ts";

/** A line of a results file. Only the last one can lack its result or its newline. */
export interface ResultLine {
  /** The result; undefined if only a part of the line was written, because ccrun or the machine died. */
  readonly result: TaskResult | undefined;
  /** The position of the first byte. */
  readonly start: number;
  readonly hasNewline: boolean;
}

const NEWLINE = 0x0a;

/** How every line begins that ccrun has written. */
const RESULT_START = '{"id":"';

/**
 * Reads a results file from its current position, and keeps at most one line in memory. Blank lines are
 * skipped.
 *
 * @throws if a line is not a result, or is too long
 */
export async function* readResultLines(file: Deno.FsFile): AsyncGenerator<ResultLine> {
  const decoder = new TextDecoder();
  let number = 0;
  let start = 0;
  for await (const { bytes, hasNewline } of readLines(file)) {
    number++;
    if (bytes === undefined) throw new Error(`line ${number} is longer than 64 MiB`);
    const text = decoder.decode(bytes);
    const result = parseResult(text);
    if (result !== undefined || !hasNewline && isTorn(text)) {
      yield { result, start, hasNewline };
    } else if (text.trim() !== "") {
      throw new Error(`line ${number} is not a result of ccrun batch`);
    }
    start += bytes.length + 1;
  }
}

/**
 * Returns whether a text is the beginning of a line. After a crash of the machine, zeros can follow it. Any
 * other text is part of a file that ccrun has not written, and that must not be cut.
 */
function isTorn(text: string): boolean {
  let end = text.length;
  while (text[end - 1] === "\0") end--;
  const written = text.slice(0, end).trimStart();
  return written.startsWith(RESULT_START) ? !isJson(text) : RESULT_START.startsWith(written);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Line {
  /** The bytes, until the next line is read; undefined if there are too many. */
  readonly bytes: Uint8Array | undefined;
  readonly hasNewline: boolean;
}

const BUFFER_BYTES = 256 * 1024;

async function* readLines(file: Deno.FsFile): AsyncGenerator<Line> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  /** The parts of the unfinished line. */
  let parts: Uint8Array[] = [];
  let length = 0;
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    let rest = buffer.subarray(0, count);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      const line = rest.subarray(0, end);
      yield { bytes: parts.length === 0 ? line : concat([...parts, line]), hasNewline: true };
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) continue;
    parts.push(rest.slice());
    length += rest.length;
    if (length > MAX_LINE_BYTES) yield { bytes: undefined, hasNewline: false };
  }
  if (length > 0) yield { bytes: concat(parts), hasNewline: false };
}

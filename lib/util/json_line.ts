import { type JsonObject, parseJsonObject } from "./json.ts";
import { TRUNCATION_MARK } from "./lines.ts";

/** Where an object with a field can begin in a line. */
const OBJECT_START = /\{\s*"/g;

/** White space, and the characters between the elements of an array. */
const SEPARATORS = /^[\s,[\]]*$/;

/**
 * Yields the JSON objects of a line that is not one object, and the texts between them. If several programs
 * write to the same place, a line can have more than one. An object without a `type` counts as text. A line
 * that was cut at the size limit is one text.
 *
 * @example
 * ```ts
 * import { splitLine } from "./json_line.ts";
 *
 * console.log([...splitLine('$ {"type":"a"}{"type":"b"}')]); // ["$", { type: "a" }, { type: "b" }]
 * ```
 */
export function* splitLine(line: string): Generator<JsonObject | string> {
  if (line.endsWith(TRUNCATION_MARK)) {
    yield line;
    return;
  }
  let textStart = 0;
  for (let start = nextObject(line, 0); start !== -1;) {
    const { end } = scanObject(line, start);
    if (end === undefined) break;
    const object = parseJsonObject(line.slice(start, end));
    if (typeof object?.["type"] === "string") {
      yield* textBetween(line.slice(textStart, start));
      yield object;
      textStart = end;
    }
    start = nextObject(line, end);
  }
  if (textStart === 0) yield line;
  else yield* textBetween(line.slice(textStart));
}

function textBetween(text: string): string[] {
  return SEPARATORS.test(text) ? [] : [text.trim()];
}

function nextObject(line: string, from: number): number {
  OBJECT_START.lastIndex = from;
  return OBJECT_START.exec(line)?.index ?? -1;
}

/**
 * Returns the complete fields of a JSON object whose text ends in the middle.
 *
 * @returns undefined if the text is anything else
 *
 * @example
 * ```ts
 * import { parseTruncatedObject } from "./json_line.ts";
 *
 * console.log(parseTruncatedObject('{"a":1,"b":"tex')); // { a: 1 }
 * console.log(parseTruncatedObject('{"a":1}')); // undefined
 * ```
 */
export function parseTruncatedObject(text: string): JsonObject | undefined {
  if (!text.startsWith("{")) return undefined;
  const { end, lastComma } = scanObject(text, 0);
  if (end !== undefined || lastComma === undefined) return undefined;
  return parseJsonObject(`${text.slice(0, lastComma)}}`);
}

/** What {@linkcode scanObject} has found. */
interface Scan {
  /** Where the object ends; undefined if the text ends first. */
  readonly end: number | undefined;
  /** The position of the last comma between its fields. */
  readonly lastComma: number | undefined;
}

/** The characters that have a meaning between strings. */
const MARKS = /["{}[\],]/g;

/** The characters that end a string, or escape the next character. */
const STRING_MARKS = /["\\]/g;

/** Looks for the end of the object that begins at `start`. */
function scanObject(text: string, start: number): Scan {
  let depth = 0;
  let lastComma: number | undefined;
  MARKS.lastIndex = start;
  for (let match = MARKS.exec(text); match !== null; match = MARKS.exec(text)) {
    const [mark] = match;
    if (mark === ",") {
      if (depth === 1) lastComma = match.index;
    } else if (mark === '"') {
      const end = stringEnd(text, MARKS.lastIndex);
      if (end === undefined) break;
      MARKS.lastIndex = end;
    } else if (mark === "{" || mark === "[") {
      depth++;
    } else if (--depth === 0) {
      return { end: MARKS.lastIndex, lastComma };
    }
  }
  return { end: undefined, lastComma };
}

/** Returns where the string ends whose first character is at `start`; undefined if it does not end. */
function stringEnd(text: string, start: number): number | undefined {
  STRING_MARKS.lastIndex = start;
  for (let match = STRING_MARKS.exec(text); match !== null; match = STRING_MARKS.exec(text)) {
    if (match[0] === '"') return STRING_MARKS.lastIndex;
    STRING_MARKS.lastIndex++;
  }
  return undefined;
}

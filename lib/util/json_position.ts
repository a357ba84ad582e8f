/** A position in a text. */
export interface TextPosition {
  /** The line, counted from 1. */
  readonly line: number;
  /** The column, counted from 1. */
  readonly column: number;
}

const SPACE = /[ \t\r\n]*/y;
// deno-lint-ignore no-control-regex -- JSON strings cannot contain control characters
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Returns the position of the first syntax error in a JSON text. The message of `JSON.parse` does not
 * always contain it, and quotes the text, which may contain a secret.
 *
 * @returns undefined if the text is valid JSON, or nested too deeply to find the error
 *
 * @example
 * ```ts
 * import { jsonErrorPosition } from "./json_position.ts";
 *
 * console.log(jsonErrorPosition('{\n  "a": 1,\n}')); // { line: 3, column: 1 }
 * ```
 */
export function jsonErrorPosition(text: string): TextPosition | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const offset = errorOffset(text);
    return offset === undefined ? undefined : positionAt(text, offset);
  }
}

/** Reads the text as JSON as far as possible, and returns the offset at which that ends. */
function errorOffset(text: string): number | undefined {
  let offset = 0;

  // Each of these returns false at the first error, and leaves `offset` there.
  function match(pattern: RegExp): boolean {
    pattern.lastIndex = offset;
    if (!pattern.test(text)) return false;
    offset = pattern.lastIndex;
    return true;
  }
  function token(pattern: RegExp): boolean {
    match(SPACE);
    return match(pattern);
  }
  function mark(character: string): boolean {
    match(SPACE);
    if (text[offset] !== character) return false;
    offset++;
    return true;
  }
  function list(end: string, item: () => boolean): boolean {
    if (mark(end)) return true;
    do {
      if (!item()) return false;
    } while (mark(","));
    return mark(end);
  }
  function member(): boolean {
    return token(STRING) && mark(":") && value();
  }
  function value(): boolean {
    if (mark("{")) return list("}", member);
    if (mark("[")) return list("]", value);
    return token(STRING) || token(NUMBER_OR_WORD);
  }

  try {
    if (value()) match(SPACE);
    return offset;
  } catch {
    return undefined; // the stack overflowed
  }
}

function positionAt(text: string, offset: number): TextPosition {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

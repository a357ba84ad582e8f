/** A place in a text, both counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** What can stand in JSON, a piece at a time, behind any white space. */
const TOKEN =
  // deno-lint-ignore no-control-regex -- JSON has none in its strings
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** What may come next: a value, a key, what follows a value, and so on. */
type Wanted = "value" | "value or ]" | "key" | "key or }" | ":" | "end";

/**
 * Where a text stops to be JSON. `JSON.parse` does not always tell, and repeats a part of the text,
 * in which a secret may be.
 *
 * @returns undefined when it is JSON
 *
 * @example
 * ```ts
 * import { jsonErrorPosition } from "./json_position.ts";
 *
 * console.log(jsonErrorPosition('{\n  "a": 1,\n}')); // { line: 3, column: 1 }
 * ```
 */
export function jsonErrorPosition(text: string): TextPosition | undefined {
  const open: string[] = [];
  const token = new RegExp(TOKEN);
  let wanted: Wanted = "value";
  let at = 0;
  while (true) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) {
      const rest = /\S|$/.exec(text.slice(at))?.index ?? 0;
      const isOver = wanted === "end" && open.length === 0 && at + rest === text.length;
      return isOver ? undefined : placeOf(text, at + rest);
    }
    const [whole, mark, string] = match;
    const next = after(wanted, open, mark, string !== undefined);
    if (next === undefined) return placeOf(text, at + whole.search(/\S/));
    wanted = next;
    at = token.lastIndex;
  }
}

/** What may come after a token; undefined when the token itself may not come. */
function after(
  wanted: Wanted,
  open: string[],
  mark: string | undefined,
  isString: boolean,
): Wanted | undefined {
  const wantsValue = wanted === "value" || wanted === "value or ]";
  const wantsKey = wanted === "key" || wanted === "key or }";
  switch (mark) {
    case undefined:
      if (wantsKey) return isString ? ":" : undefined;
      return wantsValue ? "end" : undefined;
    case "{":
    case "[":
      if (!wantsValue) return undefined;
      open.push(mark);
      return mark === "{" ? "key or }" : "value or ]";
    case ":":
      return wanted === ":" ? "value" : undefined;
    case ",":
      if (wanted !== "end" || open.length === 0) return undefined;
      return open.at(-1) === "{" ? "key" : "value";
    default: {
      const opening = mark === "}" ? "{" : "[";
      const isAllowed = wanted === "end" || wanted === (mark === "}" ? "key or }" : "value or ]");
      return isAllowed && open.pop() === opening ? "end" : undefined;
    }
  }
}

function placeOf(text: string, at: number): TextPosition {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

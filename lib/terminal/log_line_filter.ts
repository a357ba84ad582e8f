import { MAX_LINE_BYTES } from "../util/lines.ts";
import { escapeJson } from "../util/safe_json.ts";
import { escapeLogCommands } from "./escape_commands.ts";
import type { TextFilter } from "./filtered_writer.ts";

/** A line of JSON has no control characters. */
// deno-lint-ignore no-control-regex -- the pattern matches control characters
const JSON_OBJECT = /^\{[^\0-\x1f]*\n?$/;

/**
 * Breaks the commands for a CI system in lines of text and of JSON. JSON keeps its value, and lines without
 * commands stay the same.
 *
 * @example
 * ```ts
 * import { LogLineFilter } from "./log_line_filter.ts";
 *
 * const filter = new LogLineFilter();
 * console.log(filter.push('{"text":"##[group]"}\n::add-mask::x')); // {"text":"#\u0023[group]"}
 * console.log(filter.push("y\n")); // \::add-mask::xy
 * ```
 */
export class LogLineFilter implements TextFilter {
  #unfinished = "";

  /** Adds a piece and returns the lines that are complete. A line without an end is broken at the limit. */
  push(text: string): string {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#unfinished += text;
      return this.#unfinished.length > MAX_LINE_BYTES ? this.push("\n") : "";
    }
    const lines = this.#unfinished + text.slice(0, end);
    this.#unfinished = text.slice(end);
    if (escapeLogCommands(lines) === lines) return lines;
    return lines.split(/(?<=\n)/).map(escapeLine).join("");
  }
}

function escapeLine(line: string): string {
  const escaped = escapeLogCommands(line);
  return escaped !== line && JSON_OBJECT.test(line) ? escapeJson(line) : escaped;
}

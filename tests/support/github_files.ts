/**
 * Reads the files in which a step sets outputs and variables as GitHub's runner reads them.
 *
 * A line ends with LF, on Windows also with CR LF. Empty lines are skipped. A line is `NAME=VALUE`, or
 * `NAME<<DELIMITER` if `<<` precedes any `=`. The value then consists of the lines up to the
 * delimiter, without the last line end. Anything else is an error, which fails the step.
 *
 * @module
 */

/** Options of {@linkcode readGithubFile}. */
export interface ReadGithubFileOptions {
  /** Whether lines may end with CR LF. @default {false} */
  readonly windows?: boolean;
}

/** Returns the values of a file such as `GITHUB_OUTPUT` by name. The last value of a name counts. */
export function readGithubFile(
  text: string,
  { windows = false }: ReadGithubFileOptions = {},
): Map<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  /** Returns the next line and the index of its line end, or `undefined` at the end of the text. */
  function next(): { line: string; end: number; isEnded: boolean } | undefined {
    if (at >= text.length) return undefined;
    const start = at;
    const lf = text.indexOf("\n", at);
    if (lf === -1) {
      at = text.length;
      return { line: text.slice(start), end: at, isEnded: false };
    }
    at = lf + 1;
    const end = windows && lf > start && text[lf - 1] === "\r" ? lf - 1 : lf;
    return { line: text.slice(start, end), end, isEnded: true };
  }

  for (let read = next(); read !== undefined; read = next()) {
    const { line } = read;
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === "" || delimiter === "") throw new Error(`no name or delimiter: ${line}`);
      const start = at;
      let end = start;
      for (let inner = next();; inner = next()) {
        if (inner === undefined) throw new Error(`the delimiter is missing: ${delimiter}`);
        if (inner.line === delimiter) break;
        if (!inner.isEnded) throw new Error(`the delimiter is not on a line of its own`);
        end = inner.end;
      }
      values.set(name, text.slice(start, end));
    } else if (equals > 0) {
      values.set(line.slice(0, equals), line.slice(equals + 1));
    } else {
      throw new Error(`neither NAME=VALUE nor NAME<<DELIMITER: ${line}`);
    }
  }
  return values;
}

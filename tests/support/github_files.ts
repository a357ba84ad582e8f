/**
 * Reads the files by which a step tells GitHub's runner something, as the runner reads them.
 *
 * The rules, from the runner's documentation and its behaviour: the text is read from line to line, where a line
 * ends with LF (on Windows also with CR LF); empty lines are skipped; a line is `NAME=VALUE`, or `NAME<<DELIMITER`
 * when `<<` comes before any `=`; then all up to a line that is the delimiter is the value, without the last line's
 * end. Anything else is an error, and with an error the step fails.
 *
 * @module
 */

/** How {@linkcode readGithubFile} reads. */
export interface ReadGithubFileOptions {
  /** As the runner on Windows does. @default {false} */
  readonly windows?: boolean;
}

/** The values of a file such as that of `GITHUB_OUTPUT`, by name. A name that comes again replaces the value. */
export function readGithubFile(
  text: string,
  { windows = false }: ReadGithubFileOptions = {},
): Map<string, string> {
  const values = new Map<string, string>();
  let at = 0;
  /** The next line, and where it ends without what ends it; undefined at the end of the text. */
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
        if (inner === undefined) throw new Error(`the delimiter does not come: ${delimiter}`);
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

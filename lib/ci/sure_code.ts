/** A piece of a line, from its first character to behind its last. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Parsers differ in how long a delimiter may be. All take this. */
const MAX_DELIMITER = 16;

/** What a backslash makes text of. */
const ESCAPE = /\\[!-/:-@[-`{-~]/y;

/**
 * Where some parser reads on without heed of backticks, other than in addresses: a link's target
 * or label that is not plainly free of them, a formula, a wiki's link, a footnote within the line.
 */
const DOUBT = /\$|\[\[|\^\[|\]\((?![^\s()<>`\\"']*\))|\]\[(?![^`[\]\\]*\])/y;

/** An address that becomes a link as it is: GitHub takes all that follows for a part of it. */
const ADDRESS = /(?:www\.|:\/\/|mailto:|xmpp:)[^ \t<]*/iy;

/** What ends every paragraph: a list's item and a heading that are not indented. */
const BEGINS_ANEW = /^(?:[-+*] +[^ ]|#{1,6} )/;

/**
 * Where code is within the lines of a block of Markdown, as far as it is beyond doubt: whatever a
 * parser takes the block for, each of these is code. A block is what stands between blank lines,
 * and nothing in it that is not code may be HTML.
 *
 * A span counts that begins and ends in one line, while all backticks around it, as far as a
 * paragraph could reach, are in pairs, and nothing could swallow one of them. To look only at what
 * is before it is not enough: there are parsers that look twice, and find less the second time. In
 * a line with pipes none counts: it may be a table's row, where cells come before code.
 */
export function findCodeSpans(lines: readonly string[]): (readonly TextRange[])[] {
  const places: (readonly TextRange[])[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at + 1;
    while (end < lines.length && !BEGINS_ANEW.test(lines[end] ?? "")) end++;
    const together = lines.slice(at, end);
    const found = together.map(codeIn);
    const isSure = !found.includes(undefined);
    places.push(
      ...together.map((line, n) => isSure && !line.includes("|") ? found[n] ?? [] : []),
    );
    at = end;
  }
  return places;
}

/** The code in a line, or undefined where there is doubt. */
function codeIn(line: string): TextRange[] | undefined {
  const places: TextRange[] = [];
  let addressEnd = 0;
  for (let at = 0; at < line.length;) {
    if (line[at] === "`") {
      const length = backticksAt(line, at);
      const to = length > MAX_DELIMITER || at < addressEnd ? -1 : closeOf(line, at, length);
      if (to === -1) return undefined;
      places.push({ from: at, to });
      at = to;
      continue;
    }
    if (matchAt(DOUBT, line, at) > 0) return undefined;
    if (at >= addressEnd) addressEnd = at + matchAt(ADDRESS, line, at);
    at += Math.max(1, matchAt(ESCAPE, line, at));
  }
  return places;
}

function matchAt(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0].length ?? 0;
}

function backticksAt(line: string, at: number): number {
  let end = at;
  while (line[end] === "`") end++;
  return end - at;
}

/** Behind the delimiter that closes one; within code, a backslash is one. */
function closeOf(line: string, from: number, length: number): number {
  let at = from + length;
  for (;;) {
    at = line.indexOf("`", at);
    if (at === -1) return -1;
    const found = backticksAt(line, at);
    at += found;
    if (found === length) return at;
  }
}

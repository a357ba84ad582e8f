import { anyOf } from "./any_of.ts";
import { isProtocolWord, looksLikePlaceholder } from "./placeholders.ts";
import { isPlainWord } from "./plain_words.ts";

/** Shorter pieces are not redacted, because text without secrets contains them. */
const MIN_PIECE_LENGTH = 8;

/** What can stand between a piece and the beginning or the end of its text. */
const EDGE = new Set(" \t\r\n\"'`()[]{}<>.,;:…*_");

/** Where a text was truncated, which is an end and a beginning. */
const TRUNCATION = /(…|\.{3,16})/;

/** A path, whose beginning is the beginning of many others. */
const PATH = /^~?\/[\w.@-]+\/|^[A-Za-z]:\\[\w.@-]+\\/;

/**
 * Replaces pieces of secrets at the beginning and at the end of a text, and a text that is a piece of a
 * secret as a whole. The rest can be in the text before or after it, or was cut off.
 *
 * @example
 * ```ts
 * import { PieceReplacer } from "./pieces.ts";
 *
 * const pieces = new PieceReplacer(["correct-horse-42"]);
 * console.log(pieces.replace("it is correct-ho", "[redacted]")); // it is [redacted]
 * ```
 */
export class PieceReplacer {
  readonly #beginnings: SecretsByPiece;
  readonly #ends: SecretsByPiece;
  readonly #maxLength: number;
  /** All variants, between characters that no text contains. */
  readonly #all: string;

  /** @param variants the forms of the secrets */
  constructor(variants: readonly string[]) {
    const secrets = variants.filter((variant) =>
      variant.length > MIN_PIECE_LENGTH && !PATH.test(variant)
    );
    this.#beginnings = new SecretsByPiece(secrets, (secret) => secret.slice(0, MIN_PIECE_LENGTH));
    this.#ends = new SecretsByPiece(secrets, (secret) => secret.slice(-MIN_PIECE_LENGTH));
    this.#maxLength = secrets.reduce((length, secret) => Math.max(length, secret.length), 0);
    this.#all = secrets.join("\0");
  }

  /** Returns the text with its pieces of secrets replaced. */
  replace(text: string, replacement: string): string {
    if (isProtocolWord(text)) return text;
    return text.split(TRUNCATION).map((part) => this.#replacePart(part, replacement)).join("");
  }

  #replacePart(text: string, replacement: string): string {
    if (text.length < MIN_PIECE_LENGTH) return text;
    const whole = this.#wholePiece(text);
    const pieces = whole ? [whole] : [this.#pieceAtStart(text), this.pieceAtEnd(text)];
    let replaced = "";
    let shownEnd = 0;
    for (const piece of pieces) {
      if (piece === undefined) continue;
      const { start, end } = piece;
      replaced += text.slice(shownEnd, Math.max(shownEnd, start)) + replacement;
      shownEnd = Math.max(shownEnd, end);
    }
    return replaced + text.slice(shownEnd);
  }

  /** Returns the text without what can stand around a piece, if it is a piece. */
  #wholePiece(text: string): Piece | undefined {
    const bodies = [text.trim(), text.slice(edgeAtStart(text), edgeAtEnd(text))];
    const body = bodies.find((body) =>
      body.length >= MIN_PIECE_LENGTH && body.length < this.#maxLength && !body.includes("\0") &&
      this.#all.includes(body) && !isOrdinary(body)
    );
    if (body === undefined) return undefined;
    const start = text.indexOf(body);
    return { start, end: start + body.length };
  }

  /** Returns the longest end of a secret with which a text begins. */
  #pieceAtStart(text: string): Piece | undefined {
    const edge = edgeAtStart(text);
    const head = text.slice(0, edge + this.#maxLength);
    let longest: Piece | undefined;
    for (const { index, secrets } of this.#ends.findIn(head)) {
      const end = index + MIN_PIECE_LENGTH;
      // The edge can belong to the secret.
      for (let start = Math.max(0, edge - MIN_PIECE_LENGTH); start <= edge; start++) {
        const piece = head.slice(start, end);
        if (!secrets.some((secret) => secret.endsWith(piece)) || isOrdinary(piece)) continue;
        longest = { start, end };
        break;
      }
    }
    return longest;
  }

  /** Returns the longest beginning of a secret with which a text ends. */
  pieceAtEnd(text: string): Piece | undefined {
    const edge = edgeAtEnd(text);
    const tailStart = Math.max(0, edge - this.#maxLength);
    const tail = text.slice(tailStart);
    for (const { index, secrets } of this.#beginnings.findIn(tail)) {
      const start = tailStart + index;
      for (let end = Math.min(text.length, edge + MIN_PIECE_LENGTH); end >= edge; end--) {
        const piece = text.slice(start, end);
        if (!secrets.some((secret) => secret.startsWith(piece)) || isOrdinary(piece)) continue;
        return { start, end };
      }
    }
    return undefined;
  }
}

/** Where a piece of a secret is in a text. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Secrets by a piece of each. */
class SecretsByPiece {
  readonly #secrets: ReadonlyMap<string, readonly string[]>;
  readonly #pattern: RegExp;

  constructor(secrets: readonly string[], pieceOf: (secret: string) => string) {
    this.#secrets = Map.groupBy(secrets, pieceOf);
    this.#pattern = anyOf([...this.#secrets.keys()]);
  }

  /** Yields where a text contains a piece, and its secrets. Pieces can overlap. */
  *findIn(text: string): Generator<{ index: number; secrets: readonly string[] }> {
    const pattern = this.#pattern;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      yield { index: match.index, secrets: this.#secrets.get(match[0]) ?? [] };
      pattern.lastIndex = match.index + 1;
    }
  }
}

/** Returns where a text begins without what can stand before a piece. */
function edgeAtStart(text: string): number {
  let start = 0;
  while (start < text.length && EDGE.has(text.charAt(start))) start++;
  return start;
}

/** Returns where a text ends without what can stand after a piece. */
function edgeAtEnd(text: string): number {
  let end = text.length;
  while (end > 0 && EDGE.has(text.charAt(end - 1))) end--;
  return end;
}

/** Returns whether a piece is a word that text without secrets contains. */
function isOrdinary(piece: string): boolean {
  return isPlainWord(piece) || looksLikePlaceholder(piece);
}

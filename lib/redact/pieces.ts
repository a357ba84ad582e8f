import { anyOf } from "./any_of.ts";
import { isProtocolWord, looksLikePlaceholder } from "./placeholders.ts";
import { isPlainWord } from "./plain_words.ts";

/** Shorter pieces are not redacted, because text without secrets contains them. */
const MIN_PIECE_LENGTH = 8;

/** What can stand between a piece and the beginning or the end of its text. */
const EDGE = new Set(" \t\r\n\"'`()[]{}<>.,;:…*_");

/** A path, whose beginning is the beginning of many others. */
const PATH = /^~?\/[\w.@-]+\/|^[A-Za-z]:\\/;

/**
 * Replaces pieces of secrets at the beginning and at the end of a text, and a text that is a piece of a
 * secret as a whole. The rest can be in the text before or after it.
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
    const [start, end] = bodyOf(text);
    const body = text.slice(start, end);
    if (body.length < MIN_PIECE_LENGTH || isProtocolWord(body)) return text;
    const first = this.#isPiece(body) ? body.length : this.#lengthAtStart(body);
    const rest = body.slice(first);
    const last = this.#lengthAtEnd(rest);
    if (first === 0 && last === 0) return text;
    return text.slice(0, start) + (first > 0 ? replacement : "") +
      rest.slice(0, rest.length - last) + (last > 0 ? replacement : "") + text.slice(end);
  }

  #isPiece(body: string): boolean {
    return body.length < this.#maxLength && !body.includes("\0") && this.#all.includes(body) &&
      !isOrdinary(body);
  }

  /** Returns the length of the longest end of a secret with which a text begins, or 0. */
  #lengthAtStart(body: string): number {
    const head = body.slice(0, this.#maxLength);
    let longest = 0;
    for (const { index, secrets } of this.#ends.findIn(head)) {
      const piece = head.slice(0, index + MIN_PIECE_LENGTH);
      const isEnd = secrets.some((secret) => secret.endsWith(piece));
      if (isEnd && !isOrdinary(piece)) longest = piece.length;
    }
    return longest;
  }

  /** Returns the length of the longest beginning of a secret with which a text ends, or 0. */
  #lengthAtEnd(body: string): number {
    const tail = body.slice(Math.max(0, body.length - this.#maxLength));
    for (const { index, secrets } of this.#beginnings.findIn(tail)) {
      const piece = tail.slice(index);
      const isBeginning = secrets.some((secret) => secret.startsWith(piece));
      if (isBeginning && !isOrdinary(piece)) return piece.length;
    }
    return 0;
  }
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

/** Returns where a text begins and ends without what can stand around a piece. */
function bodyOf(text: string): [start: number, end: number] {
  let start = 0;
  let end = text.length;
  while (start < end && EDGE.has(text.charAt(start))) start++;
  while (end > start && EDGE.has(text.charAt(end - 1))) end--;
  return [start, end];
}

/** Returns whether a piece is a word that text without secrets contains. */
function isOrdinary(piece: string): boolean {
  return isPlainWord(piece) || looksLikePlaceholder(piece);
}

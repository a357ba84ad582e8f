/**
 * Finds many texts in one at once.
 *
 * @module
 */

/** Tells where a finding begins and where it ends. Beginnings never go back. */
export type Found = (from: number, to: number) => void;

/** How much of the beginning of each text the search is led by. None may be shorter. */
const WINDOW = 8;

/** So many characters decide how far the window may move on. */
const BLOCK = 3;

const TABLE_BITS = 16;
const TABLE_SIZE = 1 << TABLE_BITS;

/** A place in the table for three characters. */
function place(a: number, b: number, c: number): number {
  return (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35)) >>>
    (32 - TABLE_BITS);
}

function placeAt(text: string, at: number): number {
  return place(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2));
}

/**
 * Makes a search (Wu and Manber's) that tells every occurrence of every needle, also of those
 * that overlap. How long it takes hardly depends on how many there are: most of the text is
 * never looked at.
 *
 * @param needles texts of at least 8 characters
 */
export function makeNeedleSearch(needles: readonly string[]): (text: string, found: Found) => void {
  if (needles.length === 0) return () => {};
  const shifts = new Uint8Array(TABLE_SIZE).fill(WINDOW - BLOCK + 1);
  const buckets = new Map<number, string[]>();
  for (const needle of needles) {
    for (let at = 0; at <= WINDOW - BLOCK; at++) {
      const slot = placeAt(needle, at);
      shifts[slot] = Math.min(shifts[slot] ?? 0, WINDOW - BLOCK - at);
    }
    const slot = placeAt(needle, WINDOW - BLOCK);
    const bucket = buckets.get(slot);
    if (bucket === undefined) buckets.set(slot, [needle]);
    else bucket.push(needle);
  }
  // The longest first: it makes the others at the same place needless.
  for (const bucket of buckets.values()) bucket.sort((a, b) => b.length - a.length);

  return (text, found) => {
    const last = text.length - WINDOW;
    for (let at = 0; at <= last;) {
      const slot = placeAt(text, at + WINDOW - BLOCK);
      const shift = shifts[slot] ?? 1;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const needle = buckets.get(slot)?.find((needle) => text.startsWith(needle, at));
      if (needle !== undefined) found(at, at + needle.length);
      at++;
    }
  };
}

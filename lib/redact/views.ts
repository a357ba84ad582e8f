/**
 * What a text says to a reader, or to a program that puts it together again. A secret may be in
 * that although it is not in the text as it stands: `grep --color` puts colours inside of it, and
 * `base64` breaks its lines.
 *
 * @module
 */

/** A part of a text: where it begins, and where it ends. */
export type Range = readonly [from: number, to: number];

/** A text without what hides a secret in it. */
export interface View {
  readonly text: string;
  /** Where these parts of the view are in the text. They are in order and apart from each other. */
  locate(ranges: readonly Range[]): Range[];
}

const ESC = "\\x1b";

/**
 * Sequences that steer a terminal: with parameters (colours), with a text (titles, links), short
 * ones. Each is bounded, and none goes on over the beginning of another, so that all is read once.
 */
const SEQUENCES = [
  String.raw`(?:${ESC}\[|\x9b)[0-?]{0,64}[ -\/]{0,4}[@-~]`,
  String
    .raw`(?:${ESC}[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90-\x9f]{0,2048}(?:\x07|${ESC}\\|\x9c)`,
  String.raw`${ESC}[ -\/]{0,4}[0-~]`,
];

/** Characters that have no looks. A tab and the end of a line do part words. */
const INVISIBLE = String
  .raw`[^\P{Cc}\t\n\r]|\r(?!\n)|[\p{Default_Ignorable_Code_Point}\p{Cf}\u2028\u2029]`;

/** The same as programs write them: JSON, Python, shells, `cat -v`. */
const WRITTEN = [
  String.raw`(?:\\{1,8}(?:u001[bB]|x1[bB]|033|e)|\^\[)\[[0-9;:]{0,48}[A-Za-z]`,
  String
    .raw`\\{1,8}u(?:00[aA][dD]|200[b-fB-F]|202[a-eA-E]|206[0-9a-fA-F]|[fF][eE]0[0-9a-fA-F]|[fF][eE][fF][fF])`,
];

const HAS_INVISIBLE = new RegExp(INVISIBLE, "u");
const HAS_WRITTEN = new RegExp(WRITTEN.join("|"));
const ALL_INVISIBLE = new RegExp([...SEQUENCES, ...WRITTEN, INVISIBLE].join("|"), "gu");

/**
 * The end of a line, also as it is in JSON, between two pieces of Base64 (or hex), with what an
 * editor's view puts before the next line: blanks, and its number. What comes before is looked at
 * where there is such an end alone.
 */
const BREAKS = new RegExp(
  String.raw`[\r\n\\](?<=[\w+\/-]{16}[^])(?:(?<=\n)|(?<=\r)\n|(?<=\\)\\{0,7}(?:r\\{1,8})?n)` +
    String.raw`[ \t]{0,16}(?:\d{1,6}[\t\u2192])?(?=[\w+\/=-])`,
  "g",
);

/**
 * A text without colours, other sequences and characters that nobody sees; undefined where there
 * are none.
 */
export function withoutInvisible(text: string): View | undefined {
  if (!HAS_INVISIBLE.test(text) && !HAS_WRITTEN.test(text)) return undefined;
  return without(ALL_INVISIBLE, text);
}

/** A text in which Base64 that is wrapped is in one line; undefined where there is none. */
export function withoutBreaks(text: string): View | undefined {
  return without(BREAKS, text);
}

/** A view of a view. */
export function through(outer: View, inner: View): View {
  return { text: inner.text, locate: (ranges) => outer.locate(inner.locate(ranges)) };
}

function without(pattern: RegExp, text: string): View | undefined {
  const rest = text.replace(pattern, "");
  if (rest.length === text.length) return undefined;
  return {
    text: rest,
    // What was taken out is looked for again, rather than kept: it may be half of a large text.
    locate(ranges) {
      const left = new RegExp(pattern);
      let next = left.exec(text);
      let removed = 0;
      const place = (at: number) => {
        while (next !== null && next.index - removed <= at) {
          removed += next[0].length;
          next = left.exec(text);
        }
        return at + removed;
      };
      return ranges.map(([from, to]) => [place(from), place(to - 1) + 1]);
    },
  };
}

/**
 * Parts of regular expressions with the flag `u` for the characters without a glyph. A text can hide words
 * in them, or look like another text. But some scripts and emoji need a few of them.
 *
 * @module
 */

/**
 * The invisible characters, for a class: zero-width characters, soft hyphens, byte order marks, fillers,
 * tags, variation selectors, and bidirectional and annotation controls.
 */
export const INVISIBLE = "\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb";

/** An emoji with the selector of its style, or with a skin tone. */
const EMOJI = "\\p{Extended_Pictographic}(?:[\\ufe0e\\ufe0f]|\\p{Emoji_Modifier})?";

/** Emoji that zero-width joiners make one. */
const JOINED_EMOJI = `${EMOJI}(?:\\u200d${EMOJI})*`;

/** A visible letter or mark of a script in which the joiners change the shape of letters. */
const LETTER = `(?![${INVISIBLE}])[\\p{Script=Arabic}\\u064b-\\u0655\\p{Script=Syriac}` +
  "\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}" +
  "\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}" +
  "\\p{Script=Malayalam}\\p{Script=Sinhala}]";

/** A joiner, or a non-joiner. */
const JOINER = "[\\u200c\\u200d]";

/** The end of a Malayalam letter that an older spelling writes with a joiner, also at the end of a word. */
const MALAYALAM_END = "\\u0d4d\\u200d";

/** A visible letter or mark of a script that divides words with zero-width spaces. */
const UNSPACED_LETTER = `(?![${INVISIBLE}])[\\p{Script=Khmer}\\p{Script=Lao}` +
  "\\p{Script=Myanmar}\\p{Script=Thai}]";

/**
 * Emoji, letters, and the ends of keycap emoji with the invisible characters that they need. Letters need
 * them only between them.
 */
export const NEEDS_INVISIBLE = `${JOINED_EMOJI}|${LETTER}(?:${JOINER}${LETTER})+|${MALAYALAM_END}` +
  `|${UNSPACED_LETTER}(?:\\u200b${UNSPACED_LETTER})+|\\ufe0f\\u20e3`;

/** The beginning of such a text, for the end of a text that continues. */
export const NEEDS_INVISIBLE_START =
  `${JOINED_EMOJI}\\u200d?|${LETTER}(?:${JOINER}${LETTER})*${JOINER}?` +
  `|${UNSPACED_LETTER}(?:\\u200b${UNSPACED_LETTER})*\\u200b?|\\ufe0f`;

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

/**
 * Emoji, letters, and the ends of keycap emoji with the invisible characters that they need. Letters need
 * joiners only between them.
 */
export const NEEDS_INVISIBLE = `${JOINED_EMOJI}|${LETTER}(?:${JOINER}${LETTER})+|\\ufe0f\\u20e3`;

/** The beginning of such a text, for the end of a text that continues. */
export const NEEDS_INVISIBLE_START =
  `${JOINED_EMOJI}\\u200d?|${LETTER}(?:${JOINER}${LETTER})*${JOINER}?|\\ufe0f`;

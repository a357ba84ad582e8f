/**
 * The characters without a glyph, for a class in a regular expression with the flag `u`: zero-width
 * characters, soft hyphens, byte order marks, fillers, tags, variation selectors, and bidirectional and
 * annotation controls. A text can hide words in them, or look like another text.
 */
export const INVISIBLE = "\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb";

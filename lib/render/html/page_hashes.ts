/**
 * The hashes with which the policy of a page allows its style and its script, and nothing else. They are
 * constants, because to load a hash function takes longer than to render a short session. A test compares
 * them with the files.
 *
 * @module
 */

/** The SHA-256 of `page.css`. */
export const STYLE_HASH = "sha256-AiVPFfHoPuAcvgYVhskq9yx49sICY5r5XgAMLJLO674=";

/** The SHA-256 of `page.js`. */
export const SCRIPT_HASH = "sha256-b+boOrpy5JUcU3Pkq1lkoBe2TLt7Pb/yBGr5Htl9Vwg=";

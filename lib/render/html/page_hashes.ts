/**
 * The hashes with which the policy of a page allows its style and its script, and nothing else. They are
 * constants, because to load a hash function takes longer than to render a short session. A test compares
 * them with the style and the script.
 *
 * @module
 */

/** The SHA-256 of `PAGE_STYLE`. */
export const STYLE_HASH = "sha256-GTTpuUlMTD2VNohJ8Xq6qXNyWwIZ/1wd6sPOSy0xolU=";

/** The SHA-256 of `page.js`. */
export const SCRIPT_HASH = "sha256-Y3L71fLvLLT2ZDZhBAQWxE0KN5vEuzWd8UkdwwYbu20=";

/**
 * The hashes with which the policy of a page allows its style and its script, and nothing else. They are
 * constants, because to load a hash function takes longer than to render a short session. A test compares
 * them with the files.
 *
 * @module
 */

/** The SHA-256 of `page.css`. */
export const STYLE_HASH = "sha256-fXZi1nBezgYa0TZAmoEOXeEy0inEaeQuWMH84hFsafw=";

/** The SHA-256 of `page.js`. */
export const SCRIPT_HASH = "sha256-LX/qlp0aOFJXsSYmO1y/7pZamMyyV4k7e6b2U91032A=";

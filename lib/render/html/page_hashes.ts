/**
 * The hashes with which the policy of a page allows its style and its script, and nothing else. They are
 * constants, because to load a hash function takes longer than to render a short session. A test compares
 * them with the files.
 *
 * @module
 */

/** The SHA-256 of `page.css`. */
export const STYLE_HASH = "sha256-Yv8+2pQSrcO0BWRHI0wcpiAfm9IAD7ryO+QNWQdDdlM=";

/** The SHA-256 of `page.js`. */
export const SCRIPT_HASH = "sha256-3B7GZjP7VPk4R6lrSHL3q3x9Z3weqOBXzQcmu6zLfrY=";

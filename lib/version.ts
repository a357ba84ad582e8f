/**
 * ccrun's own version, as in deno.json; a test says when they differ. It is not imported from there:
 * a binary that has a JSON module keeps no code cache, and starts 20 ms later.
 */
export const VERSION = "0.1.0";

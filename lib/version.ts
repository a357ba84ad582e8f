/** The version in deno.json, copied because a JSON import costs the binary its code cache. */
export const VERSION = "0.1.0";

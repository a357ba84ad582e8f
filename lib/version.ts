/** The version in deno.json. A test keeps both the same. */
export const VERSION = "0.1.0";

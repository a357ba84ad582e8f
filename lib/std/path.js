// The copy of @std/path on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./path.d.ts"

export { basename } from "deno-std/path/basename.js";
export { dirname } from "deno-std/path/dirname.js";
export { join } from "deno-std/path/join.js";
export { resolve } from "deno-std/path/resolve.js";

// The copy of @std/bytes on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./bytes.d.ts"

export { concat } from "deno-std/bytes/concat.js";

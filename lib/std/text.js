// The copy of @std/text on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./text.d.ts"

export { closestString } from "deno-std/text/closest_string.js";
export { levenshteinDistance } from "deno-std/text/levenshtein_distance.js";

// The copy of @std/async on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./async.d.ts"

export { deadline } from "deno-std/async/deadline.js";
export { delay } from "deno-std/async/delay.js";

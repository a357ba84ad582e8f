// The copy of @std/fmt on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./fmt.d.ts"

export { format } from "deno-std/fmt/bytes.js";

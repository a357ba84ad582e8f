// The copy of @std/cli on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./cli.d.ts"

export { parseArgs } from "deno-std/cli/parse_args.js";

// The copy of @std/streams on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./streams.d.ts"

export { TextLineStream } from "deno-std/streams/text_line_stream.js";
export { toText } from "deno-std/streams/to_text.js";

import { concat } from "@std/bytes/concat";

/** The marks that programs write before a text, and the encodings that they show. */
const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/**
 * Creates a stream that converts a text with a byte order mark to UTF-8 without one. Windows PowerShell
 * writes UTF-16. Other bytes pass unchanged.
 *
 * @example
 * ```ts
 * import { toUtf8 } from "./utf8.ts";
 * import { toText } from "@std/streams/to-text";
 *
 * const bytes = new Blob([new Uint8Array([0xff, 0xfe, 0x61, 0])]).stream();
 * console.log(await toText(bytes.pipeThrough(toUtf8()))); // a
 * ```
 */
export function toUtf8(): TransformStream<Uint8Array, Uint8Array> {
  let start: Uint8Array = new Uint8Array();
  let convert: ((chunk: Uint8Array) => Uint8Array) | undefined;
  return new TransformStream({
    transform(chunk, controller) {
      if (convert !== undefined) return controller.enqueue(convert(chunk));
      start = concat([start, chunk]);
      if (mayBecomeMark(start)) return;
      convert = converterFor(start);
      controller.enqueue(convert(start));
    },
    flush(controller) {
      if (convert === undefined && start.length > 0) controller.enqueue(start);
    },
  });
}

/** Returns whether the bytes are the beginning of a mark. */
function mayBecomeMark(bytes: Uint8Array): boolean {
  return BYTE_ORDER_MARKS.some(([, mark]) =>
    bytes.length < mark.length && bytes.every((byte, at) => byte === mark[at])
  );
}

function converterFor(start: Uint8Array): (chunk: Uint8Array) => Uint8Array {
  const found = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, at) => byte === start[at]));
  if (found === undefined) return (chunk) => chunk;
  const decoder = new TextDecoder(found[0]);
  const encoder = new TextEncoder();
  return (chunk) => encoder.encode(decoder.decode(chunk, { stream: true }));
}

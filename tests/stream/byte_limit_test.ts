import { assertEquals } from "@std/assert";
import { limitBytes } from "../../lib/stream/byte_limit.ts";
import { textOf } from "../support/bytes.ts";

/** A byte stream, as a pipe is one. */
function byteStream(chunks: readonly string[]): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(controller) {
      const chunk = rest.shift();
      if (chunk === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else {
        controller.enqueue(new TextEncoder().encode(chunk));
      }
    },
  });
}

Deno.test("limitBytes returns the first bytes and reads the rest", async () => {
  const rows: readonly (readonly [chunks: readonly string[], returned: string])[] = [
    [[], ""],
    [["ab", "cd"], "abcd"],
    [["abcd", "e"], "abcd"],
    [["ab", "cdef", "g"], "abcd"],
  ];
  for (const [chunks, returned] of rows) {
    let observed = "";
    const limited = limitBytes(
      byteStream(chunks),
      4,
      (chunk) => observed += new TextDecoder().decode(chunk),
    );
    assertEquals([await textOf(limited), observed], [returned, chunks.join("")]);
  }
});

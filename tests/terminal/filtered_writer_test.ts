import { assertEquals } from "@std/assert";
import { createFilteredWriter } from "../../lib/terminal/filtered_writer.ts";
import { SanitizeStream } from "../../lib/terminal/sanitize.ts";
import { piecesOf } from "../support/bytes.ts";
import { makeKept } from "../support/kept_writer.ts";

Deno.test("createFilteredWriter changes text and bytes in whatever pieces they arrive", async () => {
  const bytes = new TextEncoder().encode("\ufeffa\u200b你好\x1b[31m\n");
  for (const length of [1, 2, 100]) {
    const kept = makeKept();
    const writer = createFilteredWriter(kept.sink, new SanitizeStream());
    for (const piece of piecesOf(bytes, length)) writer.writeBytes(piece);
    writer.write("\x07\n");
    await writer.flush();
    assertEquals(await kept.text(), "<U+FEFF>a<U+200B>你好\n␇\n");
    assertEquals([writer.pending, writer.failure], [0, undefined]);
  }
});

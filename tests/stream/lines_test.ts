import { setImmediate } from "node:timers";
import { assertEquals, assertRejects } from "@std/assert";
import { toLines } from "../../lib/stream/lines.ts";
import { piecesOf, streamOf } from "../support/bytes.ts";

async function linesOf(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  return await Array.fromAsync(toLines(streamOf(chunks)));
}

Deno.test("toLines returns the same lines however the bytes are split", async () => {
  const bytes = new TextEncoder().encode("plain\n\nCRLF\r\nGrüße 你好 👩‍👩‍👧 e\u0301\nlast");
  const lines = ["plain", "", "CRLF", "Grüße 你好 👩‍👩‍👧 e\u0301", "last"];
  for (let length = 1; length <= bytes.length; length++) {
    assertEquals(await linesOf(piecesOf(bytes, length)), lines, `pieces of ${length}`);
  }
});

Deno.test("toLines splits at line feeds only", async () => {
  const rows: readonly (readonly [text: string, lines: readonly string[]])[] = [
    ["", []],
    ["a\nb", ["a", "b"]],
    ["a\nb\n", ["a", "b"]],
    ["50%\r100%\n", ["50%\r100%"]],
    ["a\u2028b\u2029c\u0085d\ve\ff\n", ["a\u2028b\u2029c\u0085d\ve\ff"]],
    ["\ufeffa\n\ufeffb\n", ["a", "\ufeffb"]],
  ];
  for (const [text, lines] of rows) assertEquals(await linesOf([text]), [...lines], text);
});

Deno.test("toLines replaces bytes that are not UTF-8", async () => {
  const bytes = new Uint8Array([0x61, 0xff, 0x62, 0x0a, 0xe4, 0xbd, 0x0a, 0x63]);
  assertEquals(await linesOf([bytes]), ["a\ufffdb", "\ufffd", "c"]);
});

Deno.test("toLines yields a line before the next one arrives", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const lines = toLines(readable).values();
  writer.write(new TextEncoder().encode("one\ntw"));
  assertEquals(await lines.next(), { done: false, value: "one" });
  const next = lines.next();
  await new Promise((resolve) => setImmediate(resolve));
  writer.write(new TextEncoder().encode("o\n"));
  assertEquals(await next, { done: false, value: "two" });
  await lines.return?.();
});

Deno.test("toLines rejects with the error of its source, and cancels a source that is left", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (c) => c.error(new Error("broken")) });
  await assertRejects(() => Array.fromAsync(toLines(broken)), Error, "broken");
  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("a\n")),
    cancel: () => cancelled.resolve(),
  });
  for await (const _line of toLines(endless)) break;
  await cancelled.promise;
});

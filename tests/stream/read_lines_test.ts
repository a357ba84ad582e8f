import { setImmediate } from "node:timers";
import { assertEquals, assertRejects } from "@std/assert";
import type { Line } from "../../lib/stream/line_splitter.ts";
import { readLines } from "../../lib/stream/read_lines.ts";
import { piecesOf, streamOf } from "../support/bytes.ts";

async function lines(chunks: readonly (string | Uint8Array)[], maxBytes?: number): Promise<Line[]> {
  const batches = await Array.fromAsync(
    readLines(streamOf(chunks), maxBytes ? { maxBytes } : {}),
  );
  assertEquals(batches.filter((batch) => batch.length === 0), [], "a batch has lines");
  return batches.flat();
}

async function texts(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const all = await lines(chunks);
  assertEquals(all.filter(({ truncated }) => truncated), []);
  return all.map(({ text }) => text);
}

Deno.test("readLines reads the same lines wherever the bytes are split", async () => {
  const text = "plain\n\nCRLF\r\n\r\nGrüße 你好 👩‍👩‍👧 e\u0301\nlast";
  const bytes = new TextEncoder().encode(text);
  const wanted = ["plain", "CRLF", "Grüße 你好 👩‍👩‍👧 e\u0301", "last"];
  for (let length = 1; length <= bytes.length; length++) {
    assertEquals(await texts(piecesOf(bytes, length)), wanted, `pieces of ${length}`);
  }
});

Deno.test("readLines handles CRLF split across chunks", async () => {
  assertEquals(await texts(["a\r", "\nb\r", "\n"]), ["a", "b"]);
});

Deno.test("readLines keeps a carriage return within a line", async () => {
  assertEquals(await texts(["50%\r100%\n", "a\r", "b\n"]), ["50%\r100%", "a\rb"]);
});

Deno.test("readLines splits at no other character that Unicode calls a line end", async () => {
  assertEquals(await texts(["a\u2028b\u2029c\u0085d\ve\ff\n"]), ["a\u2028b\u2029c\u0085d\ve\ff"]);
});

Deno.test("readLines gives the last line also without its end", async () => {
  assertEquals(await texts(["a\nb"]), ["a", "b"]);
  assertEquals(await texts(["a\nb\n"]), ["a", "b"]);
});

Deno.test("readLines leaves out empty lines and gives nothing for nothing", async () => {
  assertEquals(await texts([]), []);
  assertEquals(await texts([""]), []);
  assertEquals(await texts(["\n\r\n", "\n", "a\n\n"]), ["a"]);
  assertEquals(await texts([" \n"]), [" "]);
});

Deno.test("readLines replaces what is not UTF-8 and goes on", async () => {
  const bytes = [
    new Uint8Array([0x61, 0xff, 0x62, 0x0a]),
    // The beginning of a character that the line's end cuts off.
    new Uint8Array([0xe4, 0xbd, 0x0a, 0x63]),
    new Uint8Array([0x0a, 0xf0, 0x9f]),
  ];
  assertEquals(await texts(bytes), ["a\ufffdb", "\ufffd", "c", "\ufffd"]);
});

Deno.test("readLines leaves out a byte order mark at the beginning, and only there", async () => {
  assertEquals(await texts(["\ufeffa\n\ufeffb\n"]), ["a", "\ufeffb"]);
  assertEquals(await texts([new Uint8Array([0xef]), new Uint8Array([0xbb, 0xbf, 0x61])]), ["a"]);
});

Deno.test("readLines keeps NUL and other control characters", async () => {
  assertEquals(await texts(["a\0b\x1b[31m\n"]), ["a\0b\x1b[31m"]);
});

Deno.test("readLines cuts lines that are too long, says so, and goes on", async () => {
  for (const size of [1, 3, 4, 1000]) {
    const bytes = new TextEncoder().encode(`abcd\nabcde\n\n${"x".repeat(500)}\nab\nabcdef`);
    assertEquals(await lines(piecesOf(bytes, size), 4), [
      { text: "abcd", truncated: false },
      { text: "abcd", truncated: true },
      { text: "xxxx", truncated: true },
      { text: "ab", truncated: false },
      { text: "abcd", truncated: true },
    ]);
  }
});

Deno.test("readLines replaces a character that the bound cuts in two", async () => {
  assertEquals(await lines(["a你b\nc\n"], 3), [
    { text: "a\ufffd", truncated: true },
    { text: "c", truncated: false },
  ]);
});

Deno.test("readLines counts the bytes of a line, not its characters", async () => {
  assertEquals(await lines(["你\n", "你好\n"], 5), [
    { text: "你", truncated: false },
    { text: "你\ufffd", truncated: true },
  ]);
});

Deno.test("readLines gives a line as soon as its end is there", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const reading = readLines(readable);
  const next = reading.next();
  await writer.write(new TextEncoder().encode('{"a":1}\n{"b"'));
  assertEquals(await next, { done: false, value: [{ text: '{"a":1}', truncated: false }] });
  const closed = writer.close();
  assertEquals((await reading.next()).value, [{ text: '{"b"', truncated: false }]);
  assertEquals((await reading.next()).done, true);
  await closed;
});

Deno.test("readLines throws what its source throws, after the lines before it", async () => {
  async function* broken() {
    yield await Promise.resolve(new TextEncoder().encode("a\nb"));
    throw new Error("the pipe broke");
  }
  const seen: string[] = [];
  await assertRejects(
    async () => {
      for await (const lines of readLines(ReadableStream.from(broken()))) {
        seen.push(...lines.map(({ text }) => text));
      }
    },
    Error,
    "the pipe broke",
  );
  assertEquals(seen, ["a"]);
});

Deno.test("readLines lets go of its source when its reader leaves", async () => {
  const cancelled = Promise.withResolvers<void>();
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("a\n")),
    cancel: () => cancelled.resolve(),
  });
  for await (const lines of readLines(source)) {
    assertEquals(lines, [{ text: "a", truncated: false }]);
    break;
  }
  // It takes a few turns through the pipes.
  await cancelled.promise;
});

Deno.test("readLines asks its source for no more than a few chunks ahead of a slow reader", async () => {
  let pulled = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new TextEncoder().encode("a\n"));
    },
  });
  const reading = readLines(source);
  for (let line = 0; line < 5; line++) await reading.next();
  // Nothing moves without a reader, however often the event loop turns.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(pulled < 20, true, `${pulled} chunks for 5 lines`);
  await reading.return();
});

import { assertEquals, assertRejects } from "@std/assert";
import { readUntilAborted } from "../../lib/stream/read_until_aborted.ts";

Deno.test("readUntilAborted leaves what it has not passed on in the stream", async () => {
  const stream = ReadableStream.from(["a", "b", "c"]);
  const stop = new AbortController();
  const seen: string[] = [];
  const hasEnded = await readUntilAborted(stream, stop.signal, async (item) => {
    seen.push(item);
    if (item === "b") stop.abort();
    await Promise.resolve();
  });
  assertEquals([seen, hasEnded], [["a", "b"], false]);
  assertEquals(
    await readUntilAborted(stream, new AbortController().signal, (item) => void seen.push(item)),
    true,
  );
  assertEquals(seen, ["a", "b", "c"]);
});

Deno.test("readUntilAborted ends a read that waits for an item, and loses none", async () => {
  let controller!: ReadableStreamDefaultController<string>;
  const stream = new ReadableStream<string>({ start: (own) => void (controller = own) });
  const stop = new AbortController();
  const reading = readUntilAborted(stream, stop.signal, () => {});
  stop.abort();
  assertEquals(await reading, false);
  controller.enqueue("late");
  controller.close();
  assertEquals(await Array.fromAsync(stream), ["late"]);
});

Deno.test("readUntilAborted reads nothing if the signal is aborted, and passes errors on", async () => {
  const stream = ReadableStream.from(["a"]);
  assertEquals(await readUntilAborted(stream, AbortSignal.abort(), () => {}), false);
  const fail = () => {
    throw new TypeError("the reader fails");
  };
  await assertRejects(
    () => readUntilAborted(stream, new AbortController().signal, fail),
    TypeError,
    "fails",
  );
});

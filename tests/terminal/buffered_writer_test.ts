import { setImmediate } from "node:timers";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type ByteWriter,
  createBufferedWriter,
  createWriteMutex,
} from "../../lib/terminal/buffered_writer.ts";
import { makeKeptWriter } from "../support/kept_writer.ts";

/** A writer whose every write waits until it is let go. */
function makeSlowWriter() {
  const kept = makeKeptWriter();
  const waiting: (() => void)[] = [];
  const writer: ByteWriter = {
    async write(bytes) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return await kept.write(bytes);
    },
  };
  return { writer, kept, waiting, next: () => waiting.shift()?.() };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

Deno.test("Sink writes everything in the order in which it was appended", async () => {
  const writer = makeKeptWriter();
  const sink = createBufferedWriter(writer);
  sink.write("one ");
  sink.writeBytes(new Uint8Array([0xff, 0x00]));
  sink.write("你好");
  sink.write("");
  sink.writeBytes(new Uint8Array());
  sink.write(" end");
  await sink.flush();
  const parts = [
    new TextEncoder().encode("one "),
    [0xff, 0x00],
    new TextEncoder().encode("你好 end"),
  ];
  assertEquals([...writer.bytes()], parts.flatMap((part) => [...part]));
});

Deno.test("Sink writes by itself what is appended, the lines of one moment together", async () => {
  const writer = makeKeptWriter();
  const sink = createBufferedWriter(writer);
  sink.write("a\n");
  sink.write("b\n");
  assertEquals(writer.writes, []);
  await turn();
  assertEquals(writer.writes, ["a\nb\n"]);
  sink.write("c\n");
  await turn();
  assertEquals(writer.writes, ["a\nb\n", "c\n"]);
});

Deno.test("Sink goes on where a writer took only a part", async () => {
  const writer = makeKeptWriter(3);
  const sink = createBufferedWriter(writer);
  sink.write("abcdefgh");
  sink.writeBytes(new TextEncoder().encode("1234"));
  await sink.flush();
  assertEquals(writer.writes, ["abc", "def", "gh", "123", "4"]);
});

Deno.test("Sink waits for one write before it begins another", async () => {
  const { writer, kept, waiting, next } = makeSlowWriter();
  const sink = createBufferedWriter(writer);
  sink.write("a");
  await turn();
  sink.write("b");
  sink.write("c");
  await turn();
  assertEquals(waiting.length, 1);
  next();
  await turn();
  next();
  await sink.flush();
  assertEquals(kept.writes, ["a", "bc"]);
});

Deno.test("Sink tells how much waits, and drained resolves when nothing does", async () => {
  const { writer, next } = makeSlowWriter();
  const sink = createBufferedWriter(writer);
  assertEquals(sink.pending, 0);
  sink.write("abc");
  sink.writeBytes(new Uint8Array(2));
  assertEquals(sink.pending, 5);
  let isDrained = false;
  const drained = sink.flush().then(() => isDrained = true);
  await turn();
  next();
  await turn();
  assertEquals([isDrained, sink.pending > 0], [false, true]);
  next();
  await drained;
  assertEquals(sink.pending, 0);
});

Deno.test("Sink's drained resolves when no more is pending than it was told", async () => {
  const { writer, next } = makeSlowWriter();
  const sink = createBufferedWriter(writer);
  for (const length of [3, 2, 1]) sink.writeBytes(new Uint8Array(length));
  const drained: number[] = [];
  const waits = [0, 1, 3, 6].map(async (rest) => {
    await sink.flush(rest);
    drained.push(rest);
  });
  const seen: number[][] = [];
  for (let write = 0; write < 3; write++) {
    await turn();
    seen.push([...drained]);
    next();
  }
  await Promise.all(waits);
  assertEquals(seen, [[6], [6, 3], [6, 3, 1]]);
  assertEquals(drained, [6, 3, 1, 0]);
});

Deno.test("Sink's drained resolves when a write fails, whatever it was told", async () => {
  const sink = createBufferedWriter({ write: () => Promise.reject(new Error("full")) });
  sink.write("abc");
  await Promise.all([sink.flush(), sink.flush(1)]);
  assertEquals([sink.pending, sink.failure?.message], [0, "full"]);
});

Deno.test("Sink's drained resolves at once when there is nothing to write", async () => {
  const sink = createBufferedWriter({ write: () => Promise.reject(new Error("never")) });
  await sink.flush();
  assertEquals(sink.failure, undefined);
});

Deno.test("Sink writes what is appended while it drains", async () => {
  const kept = makeKeptWriter();
  const sink = createBufferedWriter({
    write(bytes) {
      if (kept.writes.length === 0) sink.write("more");
      return kept.write(bytes);
    },
  });
  sink.write("first ");
  await sink.flush();
  assertEquals(kept.writes.join(""), "first more");
});

Deno.test("Sink tells its failure once, keeps it, and drops the rest", async () => {
  const failure = new Deno.errors.BrokenPipe("gone");
  const told: Error[] = [];
  let writes = 0;
  const sink = createBufferedWriter({
    write() {
      writes++;
      return Promise.reject(failure);
    },
  }, { onFailure: (error) => told.push(error) });
  sink.write("a");
  await sink.flush();
  sink.write("b");
  sink.writeBytes(new Uint8Array(3));
  await sink.flush();
  assertEquals([told.length, writes, sink.pending], [1, 1, 0]);
  assertStrictEquals(sink.failure, failure);
  assertStrictEquals(told[0], failure);
});

Deno.test("Sink fails in the middle of several writes without losing its head", async () => {
  const kept = makeKeptWriter();
  const sink = createBufferedWriter({
    write: (bytes) =>
      kept.writes.length < 2 ? kept.write(bytes) : Promise.reject(new Error("disk full")),
  });
  sink.write("one");
  sink.writeBytes(new TextEncoder().encode("two"));
  sink.write("three");
  await sink.flush();
  assertEquals(kept.writes, ["one", "two"]);
  assertEquals(sink.failure?.message, "disk full");
});

Deno.test("Sink tries again when a non-blocking pipe is full", async () => {
  const kept = makeKeptWriter(2);
  let tries = 0;
  const sink = createBufferedWriter({
    write: (bytes) =>
      tries++ % 3 === 2 ? kept.write(bytes) : Promise.reject(new Deno.errors.WouldBlock("full")),
  });
  sink.write("abcd");
  await sink.flush();
  assertEquals([kept.writes, sink.failure], [["ab", "cd"], undefined]);
});

/** More than makes a sink write in large pieces. */
const MUCH = "x".repeat(2_000_000);

Deno.test("Sink writes large pieces only where there is much, and the writer is known to wait", async () => {
  for (const blocks of [true, false]) {
    const writer = makeKeptWriter();
    let asked = 0;
    const sink = createBufferedWriter(writer, {
      blocks: () => {
        asked++;
        return Promise.resolve(blocks);
      },
    });
    sink.write("a little");
    await sink.flush();
    assertEquals(asked, 0);
    sink.write(MUCH);
    await sink.flush();
    assertEquals(asked > 0, true);
    const largest = Math.max(...writer.writes.map(({ length }) => length));
    assertEquals(largest, blocks ? 256 * 1024 : 4096);
    assertEquals(writer.writes.join(""), `a little${MUCH}`);
  }
});

Deno.test("Sink fails where a large piece finds a full pipe that does not wait, for it may have left in part", async () => {
  const told: Error[] = [];
  const sink = createBufferedWriter({
    write: () => Promise.reject(new Deno.errors.WouldBlock("full")),
  }, {
    blocks: () => Promise.resolve(true),
    onFailure: (error) => told.push(error),
  });
  sink.write(MUCH);
  await sink.flush();
  assertEquals(told.map(({ message }) => message.slice(0, 50)), [
    "another program that has it made it non-blocking, ",
  ]);
});

Deno.test("Sink tries a large piece again where a failed write has written nothing", async () => {
  const kept = makeKeptWriter(100_000);
  let tries = 0;
  const sink = createBufferedWriter({
    write: (bytes) =>
      tries++ % 2 === 1 ? kept.write(bytes) : Promise.reject(new Deno.errors.WouldBlock("full")),
  }, { isExact: true });
  sink.write(MUCH);
  await sink.flush();
  assertEquals([kept.writes.join("") === MUCH, sink.failure], [true, undefined]);
});

Deno.test("Sink takes a failure that is no Error for one", async () => {
  const sink = createBufferedWriter({ write: () => Promise.reject("no") });
  sink.write("a");
  await sink.flush();
  assert(sink.failure instanceof Error && sink.failure.message === "no");
});

Deno.test("Sinks that take turns never write into each other's lines", async () => {
  const writer = makeKeptWriter(3);
  const turns = createWriteMutex();
  const sinks = ["a", "b"].map((name) => ({ name, sink: createBufferedWriter(writer, { turns }) }));
  for (let n = 0; n < 50; n++) {
    for (const { name, sink } of sinks) sink.write(`${name.repeat(7)}\n`);
    if (n % 3 === 0) await turn();
  }
  await Promise.all(sinks.map(({ sink }) => sink.flush()));
  const lines = new TextDecoder().decode(new Uint8Array(writer.bytes())).split("\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.filter((line) => line === "aaaaaaa").length, 50);
  assertEquals(lines.filter((line) => line === "bbbbbbb").length, 50);
  assertEquals(lines.length, 100);
});

Deno.test("a Sink whose writes fail gives the turn to the others", async () => {
  const turns = createWriteMutex();
  const broken = createBufferedWriter({ write: () => Promise.reject(new Error("no")) }, { turns });
  const writer = makeKeptWriter();
  const sink = createBufferedWriter(writer, { turns });
  broken.write("x\n");
  sink.write("y\n");
  await Promise.all([broken.flush(), sink.flush()]);
  assertEquals([broken.failure?.message, writer.writes], ["no", ["y\n"]]);
});

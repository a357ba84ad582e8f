import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type ByteWriter, createBufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { WriteMutex } from "../../lib/terminal/write_mutex.ts";
import { makeKeptWriter } from "../support/kept_writer.ts";

/** Creates a writer whose writes wait until they are released. */
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

/** Lets everything run that does not wait for something. */
async function turn(): Promise<void> {
  for (let n = 0; n < 2; n++) await new Promise((resolve) => setTimeout(resolve));
}

const LARGE = "x".repeat(2_000_000);

Deno.test("BufferedWriter writes everything in order", async () => {
  const destination = makeKeptWriter();
  const writer = createBufferedWriter(destination);
  writer.write("one ");
  writer.writeBytes(new Uint8Array([0xff, 0x00]));
  writer.write("你好");
  writer.write("");
  writer.writeBytes(new Uint8Array());
  writer.write(" end");
  await writer.flush();
  const encoder = new TextEncoder();
  const parts = [encoder.encode("one "), [0xff, 0x00], encoder.encode("你好 end")];
  assertEquals([...destination.bytes()], parts.flatMap((part) => [...part]));
});

Deno.test("BufferedWriter writes by itself, the lines of one moment together", async () => {
  const destination = makeKeptWriter();
  const writer = createBufferedWriter(destination);
  writer.write("a\n");
  writer.write("b\n");
  assertEquals(destination.writes, []);
  await turn();
  writer.write("c\n");
  await turn();
  assertEquals(destination.writes, ["a\nb\n", "c\n"]);
});

Deno.test("BufferedWriter joins what is added during a write", async () => {
  const { writer: destination, kept, waiting, next } = makeSlowWriter();
  const writer = createBufferedWriter(destination);
  writer.write("a");
  await turn();
  writer.write("b");
  writer.write("c");
  await turn();
  assertEquals(waiting.length, 1);
  next();
  await turn();
  next();
  await writer.flush();
  assertEquals(kept.writes, ["a", "bc"]);
});

Deno.test("BufferedWriter continues after a partial write", async () => {
  const destination = makeKeptWriter(3);
  const writer = createBufferedWriter(destination);
  writer.write("abcdefgh");
  writer.writeBytes(new TextEncoder().encode("1234"));
  await writer.flush();
  assertEquals(destination.writes, ["abc", "def", "gh", "123", "4"]);
});

Deno.test("BufferedWriter.flush resolves when no more than that is pending", async () => {
  const { writer: destination, next } = makeSlowWriter();
  const writer = createBufferedWriter(destination);
  // Neighbors of a kind would be joined.
  writer.writeBytes(new Uint8Array(3));
  writer.write("ab");
  writer.writeBytes(new Uint8Array(1));
  assertEquals(writer.pending, 6);
  const flushed: number[] = [];
  const waits = [0, 1, 3, 6].map(async (maxPending) => {
    await writer.flush(maxPending);
    flushed.push(maxPending);
  });
  const seen: number[][] = [];
  for (let write = 0; write < 3; write++) {
    await turn();
    seen.push([...flushed]);
    next();
  }
  await Promise.all(waits);
  assertEquals(seen, [[6], [6, 3], [6, 3, 1]]);
  assertEquals([flushed, writer.pending], [[6, 3, 1, 0], 0]);
});

Deno.test("BufferedWriter.flush writes what is added meanwhile", async () => {
  const kept = makeKeptWriter();
  const writer = createBufferedWriter({
    write(bytes) {
      if (kept.writes.length === 0) writer.write("more");
      return kept.write(bytes);
    },
  });
  await writer.flush();
  writer.write("first ");
  await writer.flush();
  assertEquals(kept.writes.join(""), "first more");
});

Deno.test("BufferedWriter reports its failure once and drops the rest", async () => {
  const failure = new Deno.errors.BrokenPipe("gone");
  const reported: Error[] = [];
  let writes = 0;
  const writer = createBufferedWriter({
    write() {
      writes++;
      return Promise.reject(failure);
    },
  }, { onFailure: (error) => reported.push(error) });
  writer.write("a");
  await Promise.all([writer.flush(), writer.flush(1)]);
  writer.write("b");
  writer.writeBytes(new Uint8Array(3));
  await writer.flush();
  assertEquals([reported.length, writes, writer.pending], [1, 1, 0]);
  assertStrictEquals(writer.failure, failure);
  assertStrictEquals(reported[0], failure);
});

Deno.test("BufferedWriter turns a failure that is no Error into one", async () => {
  const writer = createBufferedWriter({ write: () => Promise.reject("no") });
  writer.write("a");
  await writer.flush();
  assert(writer.failure instanceof Error && writer.failure.message === "no");
});

Deno.test("BufferedWriter writes large output in pieces of 64 KiB", async () => {
  const destination = makeKeptWriter();
  const writer = createBufferedWriter(destination);
  const text = `${LARGE}漢😀${LARGE}`;
  writer.write(text);
  await writer.flush();
  assertEquals(Math.max(...destination.writes.map(({ length }) => length)), 64 * 1024);
  assertEquals(new TextDecoder().decode(destination.bytes()) === text, true);
});

/** Creates a destination that is full at every second write. */
function makeFullWriter(atMost: number) {
  const kept = makeKeptWriter(atMost);
  let tries = 0;
  const destination: ByteWriter = {
    write: (bytes) =>
      tries++ % 2 === 1 ? kept.write(bytes) : Promise.reject(new Deno.errors.WouldBlock("full")),
  };
  return { kept, destination };
}

Deno.test("BufferedWriter repeats a write if a non-blocking pipe is full", async () => {
  const { kept, destination } = makeFullWriter(2);
  const writer = createBufferedWriter(destination);
  writer.write("abcd");
  await writer.flush();
  assertEquals([kept.writes, writer.failure], [["ab", "cd"], undefined]);
});

Deno.test("BufferedWriter repeats a large write only if a failed one has written nothing", async () => {
  const stderr = makeFullWriter(100_000);
  const writer = createBufferedWriter(stderr.destination, { writesAllOrNothing: true });
  writer.write(LARGE);
  await writer.flush();
  assertEquals([stderr.kept.writes.join("") === LARGE, writer.failure], [true, undefined]);

  const stdout = createBufferedWriter(makeFullWriter(100_000).destination);
  stdout.write(LARGE);
  await stdout.flush();
  assert(stdout.failure?.message.startsWith("another program made the pipe non-blocking"));
});

Deno.test("BufferedWriters with a mutex never write into each other's lines", async () => {
  const destination = makeKeptWriter(3);
  const mutex = new WriteMutex();
  const names = ["a", "b"];
  const writers = names.map(() => createBufferedWriter(destination, { mutex }));
  for (let n = 0; n < 50; n++) {
    for (const [at, writer] of writers.entries()) writer.write(`${names[at]?.repeat(7)}\n`);
    if (n % 10 === 0) await turn();
  }
  await Promise.all(writers.map((writer) => writer.flush()));
  const lines = new TextDecoder().decode(destination.bytes()).split("\n");
  assertEquals(lines.pop(), "");
  for (const name of names) {
    assertEquals(lines.filter((line) => line === name.repeat(7)).length, 50);
  }
  assertEquals(lines.length, 100);
});

Deno.test("BufferedWriter passes the mutex on when a write fails", async () => {
  const mutex = new WriteMutex();
  const broken = createBufferedWriter({ write: () => Promise.reject(new Error("no")) }, { mutex });
  const destination = makeKeptWriter();
  const writer = createBufferedWriter(destination, { mutex });
  broken.write("x\n");
  writer.write("y\n");
  await Promise.all([broken.flush(), writer.flush()]);
  assertEquals([broken.failure?.message, destination.writes], ["no", ["y\n"]]);
});

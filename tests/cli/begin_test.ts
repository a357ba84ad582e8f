import { assertEquals, assertRejects } from "@std/assert";
import { begin } from "../../lib/cli/begin.ts";

/** Numbers, with a note of each that was asked for, and of the end. */
async function* counted(last: number, notes: string[]): AsyncGenerator<number, void, void> {
  try {
    for (let number = 1; number <= last; number++) {
      notes.push(`makes ${number}`);
      yield number;
    }
  } finally {
    notes.push("ends");
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

Deno.test("begin asks for two batches before anybody reads, and for no more", async () => {
  const notes: string[] = [];
  const batches = begin(counted(4, notes));
  await batches.begun;
  assertEquals(notes, ["makes 1", "makes 2"]);
  assertEquals(await all(batches), [1, 2, 3, 4]);
  assertEquals(notes, ["makes 1", "makes 2", "makes 3", "makes 4", "ends"]);
  await batches.close();
});

Deno.test("begin gives what there is where that is less", async () => {
  for (const last of [0, 1, 2]) {
    const batches = begin(counted(last, []));
    await batches.begun;
    assertEquals(await all(batches), [1, 2].slice(0, last));
  }
});

Deno.test("begin tells what goes wrong to who reads", async () => {
  // deno-lint-ignore require-yield
  const batches = begin((async function* (): AsyncGenerator<number, void, void> {
    await Promise.resolve();
    throw new Error("wrong");
  })());
  await batches.begun;
  await assertRejects(() => all(batches), Error, "wrong");
  await batches.close();
});

Deno.test("begin ends what nobody has read, or only in part", async () => {
  for (const read of [0, 1, 3]) {
    const notes: string[] = [];
    const batches = begin(counted(5, notes));
    const iterator = batches[Symbol.asyncIterator]();
    for (let at = 0; at < read; at++) await iterator.next();
    await batches.close();
    assertEquals(notes.at(-1), "ends");
  }
});

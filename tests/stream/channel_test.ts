import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { Channel } from "../../lib/stream/channel.ts";

/** Lets everything run that is ready to. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a promise has resolved by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true);
  await settle();
  return done;
}

Deno.test("Channel gives what was pushed before and while it is read, in order", async () => {
  const channel = new Channel<number>();
  channel.push(1);
  channel.push(2);
  const reading = Array.fromAsync(channel);
  await settle();
  channel.push(3);
  await settle();
  channel.push(4);
  channel.close();
  assertEquals(await reading, [[1, 2], [3], [4]]);
});

Deno.test("Channel ends when it is closed, also while its reader waits or before it comes", async () => {
  const waiting = new Channel<number>();
  const reading = Array.fromAsync(waiting);
  await settle();
  waiting.close();
  assertEquals(await reading, []);
  const closed = new Channel<number>();
  closed.push(1);
  closed.close();
  closed.close();
  assertEquals(await Array.fromAsync(closed), [[1]]);
});

Deno.test("Channel drops what is pushed after it is closed", async () => {
  const channel = new Channel<number>();
  channel.close();
  channel.push(1);
  assertEquals(await Array.fromAsync(channel), []);
});

Deno.test("Channel is closed by a reader that leaves", async () => {
  const channel = new Channel<number>({ limit: 1 });
  channel.push(1);
  channel.push(2);
  for await (const items of channel) {
    assertEquals(items, [1, 2]);
    break;
  }
  channel.push(3);
  assertEquals(await isDone(channel.room()), true);
});

Deno.test("Channel has its producers wait from the limit on until there is room", async () => {
  const channel = new Channel<number>({ limit: 2 });
  channel.push(1);
  assertEquals([channel.isFull, await isDone(channel.room())], [false, true]);
  channel.push(2);
  const [one, other] = [channel.room(), channel.room()];
  assertEquals([channel.isFull, await isDone(one), await isDone(other)], [true, false, false]);
  const reader = channel[Symbol.asyncIterator]();
  assertEquals((await reader.next()).value, [1, 2]);
  assertEquals([await isDone(one), await isDone(other)], [true, true]);
  await reader.return();
});

Deno.test("Channel counts the size of what waits, not its number", async () => {
  const channel = new Channel<string>({ limit: 100 });
  channel.push("small", 10);
  assertEquals(channel.isFull, false);
  channel.push("large", 1000);
  assertEquals(channel.isFull, true);
  const reader = channel[Symbol.asyncIterator]();
  assertEquals([(await reader.next()).value, channel.isFull], [["small", "large"], false]);
  await reader.return();
});

Deno.test("Channel lets waiting producers go when it is closed", async () => {
  const channel = new Channel<number>({ limit: 1 });
  channel.push(1);
  const room = channel.room();
  assertEquals(await isDone(room), false);
  channel.close();
  assertEquals(await isDone(room), true);
  assertEquals(await isDone(channel.room()), true);
});

Deno.test("Channel keeps few items waiting between two quick producers and a slow consumer", async () => {
  const limit = 10;
  const channel = new Channel<string>({ limit });
  let pushed = 0;
  const produce = async (name: string) => {
    for (let item = 0; item < 500; item++) {
      channel.push(`${name}${item}`);
      pushed++;
      if (channel.isFull) await channel.room();
    }
  };
  const produced = Promise.all([produce("a"), produce("b")]).then(() => channel.close());
  const seen: string[] = [];
  let mostAhead = 0;
  for await (const items of channel) {
    mostAhead = Math.max(mostAhead, pushed - seen.length);
    for (const item of items) {
      seen.push(item);
      mostAhead = Math.max(mostAhead, pushed - seen.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await produced;
  assertEquals(seen.length, 1000);
  for (const name of ["a", "b"]) {
    const own = seen.filter((item) => item.startsWith(name));
    assertEquals(own, Array.from({ length: 500 }, (_, item) => `${name}${item}`));
  }
  // What is being read, what waits, and one more of each producer.
  assert(mostAhead <= 2 * limit + 2, `${mostAhead} items ahead`);
});

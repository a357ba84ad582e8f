import { assertEquals, assertRejects } from "@std/assert";
import { mapAhead } from "../../lib/util/map_ahead.ts";

Deno.test("mapAhead keeps the order and runs only some at a time", async () => {
  let running = 0;
  let most = 0;
  const results = mapAhead([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    // The first one is the slowest.
    for (let turn = item; turn < 9; turn++) await Promise.resolve();
    running--;
    return item;
  });
  assertEquals(await Array.fromAsync(results), [1, 2, 3, 4, 5]);
  assertEquals(most, 2);
});

Deno.test("mapAhead starts no more items when the caller stops", async () => {
  const started: number[] = [];
  for await (
    const item of mapAhead([1, 2, 3, 4, 5], 2, (item) => {
      started.push(item);
      return item === 2 ? Promise.reject(new Error("unused")) : Promise.resolve(item);
    })
  ) {
    assertEquals(item, 1);
    break;
  }
  assertEquals(started, [1, 2]);
});

Deno.test("mapAhead passes on an error", async () => {
  const results = mapAhead([1], 2, () => Promise.reject(new Error("broken")));
  await assertRejects(() => Array.fromAsync(results), Error, "broken");
});

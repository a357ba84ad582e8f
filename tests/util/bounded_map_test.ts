import { assertEquals } from "@std/assert";
import { BoundedMap } from "../../lib/util/bounded_map.ts";

Deno.test("BoundedMap drops the entry that was set the longest time ago", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
  assertEquals([...map], [["a", 3], ["c", 4]]);
});

Deno.test("BoundedMap drops the oldest entry after others were deleted", () => {
  const map = new BoundedMap<number, string>(3);
  for (let key = 0; key < 10; key++) map.set(key, "first");
  map.delete(8);
  map.set(7, "second").set(10, "first").set(11, "first");
  assertEquals([...map.keys()], [7, 10, 11]);
  map.clear();
  for (let key = 0; key < 5; key++) map.set(key, "third");
  assertEquals([...map.keys()], [2, 3, 4]);
});

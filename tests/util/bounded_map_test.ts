import { assertEquals } from "@std/assert";
import { BoundedMap } from "../../lib/util/bounded_map.ts";

Deno.test("BoundedMap drops the entry that was set the longest time ago", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
  assertEquals([...map], [["a", 3], ["c", 4]]);
});

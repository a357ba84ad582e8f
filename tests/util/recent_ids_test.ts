import { assertEquals } from "@std/assert";
import { RecentIds } from "../../lib/util/recent_ids.ts";

Deno.test("RecentIds returns whether an id is new", () => {
  const ids = new RecentIds();
  const added = Array.from({ length: 10_000 }, (_, index) => `msg_${index}`);
  assertEquals(added.filter((id) => ids.add(id)).length, 10_000);
  assertEquals(added.filter((id) => ids.add(id)), []);
  assertEquals(ids.add(""), true);
  assertEquals(ids.add(""), false);
});

Deno.test("RecentIds forgets the oldest ids when there are too many", () => {
  const ids = new RecentIds(2);
  for (const id of ["a", "b", "c", "d", "e"]) ids.add(id);
  assertEquals(["d", "e", "a"].map((id) => ids.add(id)), [false, false, true]);
});

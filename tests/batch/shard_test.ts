import { assert, assertEquals } from "@std/assert";
import { isInShard } from "../../lib/batch/is_in_shard.ts";
import { parseShard } from "../../lib/batch/shard.ts";

const IDS = Array.from({ length: 1_000 }, (_, index) => `src/${index}.js`);

/** Returns the numbers of the shards that a task belongs to. */
function shardsOf(id: string, count: number): number[] {
  const indexes = Array.from({ length: count }, (_, index) => index + 1);
  return indexes.filter((index) => isInShard(id, { index, count }));
}

Deno.test("parseShard returns the index and the count, or undefined", () => {
  assertEquals(parseShard("2/5"), { index: 2, count: 5 });
  assertEquals(parseShard("1/1"), { index: 1, count: 1 });
  assertEquals(parseShard("20/20"), { index: 20, count: 20 });
  const invalid = ["", "2", "2/", "/5", "0/5", "6/5", "0/0", "-1/5", "1/-5", "1.5/5", " 1/5"]
    .concat("1/5 ", "1/5/6", "a/b", "1e0/5", "1/5\n", `1/${"9".repeat(400)}`);
  for (const text of invalid) assertEquals(parseShard(text), undefined, text);
});

Deno.test("each id is in exactly one of 1 to 20 shards, and each shard has its part of them", () => {
  for (let count = 1; count <= 20; count++) {
    const sizes = new Map<number, number>();
    for (const id of IDS) {
      const shards = shardsOf(id, count);
      assertEquals(shards.length, 1, `${id} of ${count}`);
      for (const shard of shards) sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
    }
    const mean = IDS.length / count;
    assertEquals(sizes.size, count);
    for (const size of sizes.values()) assert(size > mean / 2 && size < mean * 2, `${count}`);
  }
});

Deno.test("isInShard returns the same in every version, because machines share the work by it", () => {
  const shards = IDS.slice(0, 12).map((id) => shardsOf(id, 5).join());
  assertEquals(shards.join(""), "551425253533");
  assertEquals(["a b", "é", "日本語"].map((id) => shardsOf(id, 20)), [[18], [4], [7]]);
});

Deno.test("an id that is added to a list moves no other id to another shard", () => {
  const before = new Map(IDS.map((id) => [id, shardsOf(id, 7).join()]));
  const added = [...IDS.slice(0, 500), "new.js", ...IDS.slice(500)];
  const moved = added.filter((id) => shardsOf(id, 7).join() !== before.get(id));
  assertEquals(moved, ["new.js"]);
});

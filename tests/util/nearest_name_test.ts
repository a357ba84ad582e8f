import { assert, assertEquals } from "@std/assert";
import { nearestName } from "../../lib/util/nearest_name.ts";

Deno.test("nearestName returns the most similar name, unless half of it is different", () => {
  const names = ["model", "timeout"];
  assertEquals(nearestName("modle", names), "model");
  assertEquals(nearestName("xyz", names), undefined);
  assertEquals(nearestName("m", names), undefined);
  assertEquals(nearestName("model", []), undefined);
});

Deno.test("nearestName takes no time for a word that is megabytes long", () => {
  const start = performance.now();
  assertEquals(nearestName("m".repeat(10_000_000), ["model", "timeout"]), undefined);
  assert(performance.now() - start < 1_000);
});

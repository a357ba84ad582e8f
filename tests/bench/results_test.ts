import { assertEquals } from "@std/assert";
import { formatTable, median, medianDifference, medianRatio, meets, quantile } from "./results.ts";

Deno.test("meets includes the least value of a goal and excludes its upper limit", () => {
  assertEquals([3.9, 4, 9].map((value) => meets(value, { atLeast: 4 })), [false, true, true]);
  assertEquals([119.9, 120].map((value) => meets(value, { below: 120 })), [true, false]);
  assertEquals([meets(NaN, { atLeast: 4 }), meets(NaN, { below: 4 })], [false, false]);
});

Deno.test("quantile returns the value below which a part of the values lies", () => {
  const values = Array.from({ length: 100 }, (_, index) => 99 - index);
  assertEquals([0, 0.5, 0.99, 1].map((part) => quantile(values, part)), [0, 50, 99, 99]);
  assertEquals([quantile([7], 0.99), quantile([], 0.5)], [7, NaN]);
});

Deno.test("median returns the middle value, or the mean of the two middle values", () => {
  assertEquals([[9, 1, 2], [4, 1, 2, 9], [5], []].map(median), [2, 3, 5, NaN]);
});

Deno.test("medianRatio and medianDifference compare values of the same round", () => {
  assertEquals(medianRatio([2, 20, 3], [1, 10, 1]), 2);
  assertEquals(medianDifference([12, 120, 13], [10, 100, 10]), 3);
});

Deno.test("formatTable prints each figure beside its goal", () => {
  const rows = [
    { name: "time", value: 1.5, unit: "s" },
    { name: "speed", value: 3.9, unit: "x", goal: { atLeast: 4 } },
    { name: "memory", value: 119, unit: "MB", goal: { below: 120 } },
  ];
  assertEquals(
    formatTable(rows),
    `figure   value  unit  goal
time      1.50  s
speed     3.90  x     at least 4  MISSED
memory  119.00  MB    below 120   met`,
  );
});

import { assertEquals } from "@std/assert";
import { median, medianDifference, medianRatio, quantile } from "./numbers.ts";

Deno.test("quantile gives the value below which that part of the values are", () => {
  const values = Array.from({ length: 100 }, (_, index) => 99 - index);
  assertEquals([0, 0.5, 0.99, 1].map((part) => quantile(values, part)), [0, 50, 99, 99]);
  assertEquals(quantile([7], 0.99), 7);
  assertEquals(quantile([], 0.5), NaN);
  assertEquals(values[0], 99, "what it is given stays as it is");
});

Deno.test("median gives the middle of the values, or of the two in the middle", () => {
  assertEquals([[9, 1, 2], [4, 1, 2, 9], [5], []].map(median), [2, 3, 5, NaN]);
});

Deno.test("medianRatio and medianDifference compare what was measured in the same round", () => {
  // The second round was ten times as slow for both.
  assertEquals(medianRatio([2, 20, 3], [1, 10, 1]), 2);
  assertEquals(medianDifference([12, 120, 13], [10, 100, 10]), 3);
  assertEquals(medianRatio([], []), NaN);
});

import { assertEquals } from "@std/assert";
import { detach, sliceEnd, sliceStart, truncate, truncateList } from "../../lib/util/truncate.ts";

Deno.test("truncate marks what it cut with dots", () => {
  assertEquals(truncate("npm run build", 7), "npm run...");
  assertEquals(truncate("npm run", 7), "npm run");
});

Deno.test("sliceStart and sliceEnd cut no character in two", () => {
  const text = "a😀b";
  assertEquals([0, 1, 2, 3, 4, 5].map((length) => sliceStart(text, length)), [
    "",
    "a",
    "a",
    "a😀",
    text,
    text,
  ]);
  assertEquals([0, 1, 2, 3, 4, 5].map((length) => sliceEnd(text, length)), [
    "",
    "b",
    "b",
    "😀b",
    text,
    text,
  ]);
});

Deno.test("truncateList counts the items after the first ones", () => {
  const items = ["a", "b", "c"];
  assertEquals([1, 2, 3, 4].map((maxCount) => truncateList(items, maxCount)), [
    "a, and 2 more",
    "a, b, and 1 more",
    "a, b, c",
    "a, b, c",
  ]);
});

Deno.test("detach returns the same text", () => {
  for (const text of ["漢字 😀", "\ufefftext"]) assertEquals(detach(text), text);
});

import { assertEquals } from "@std/assert";
import {
  countIn,
  isObject,
  listIn,
  numberIn,
  objectIn,
  objectsIn,
  stringIn,
  stringsIn,
  textIn,
} from "../../lib/claude/json_fields.ts";

const VALUES = {
  text: "a",
  empty: "",
  number: 1.5,
  negative: -3,
  huge: 1e308,
  infinite: Infinity,
  nan: NaN,
  object: { a: 1 },
  list: [1, "a", null, { b: 2 }, [3], "c"],
  yes: true,
  nothing: null,
};

/** The fields for which a reader gives something. */
function found(read: (key: keyof typeof VALUES) => unknown): { [key: string]: unknown } {
  const keys = Object.keys(VALUES) as (keyof typeof VALUES)[];
  const entries = keys.map((key) => [key, read(key)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

Deno.test("isObject is true of objects alone, not of null or a list", () => {
  const keys = Object.entries(VALUES).filter(([, value]) => isObject(value)).map(([key]) => key);
  assertEquals(keys, ["object"]);
});

Deno.test("the readers take a field of another type for absent", () => {
  assertEquals(found((key) => stringIn(VALUES, key)), { text: "a", empty: "" });
  assertEquals(found((key) => textIn(VALUES, key)), { text: "a" });
  assertEquals(found((key) => numberIn(VALUES, key)), { number: 1.5, negative: -3, huge: 1e308 });
  assertEquals(objectIn(VALUES, "object"), { a: 1 });
  assertEquals(objectIn(VALUES, "list"), {});
  assertEquals(objectIn(VALUES, "nothing"), {});
  assertEquals(listIn(VALUES, "list"), VALUES.list);
  assertEquals(listIn(VALUES, "object"), []);
  assertEquals(objectsIn(VALUES, "list"), [{ b: 2 }]);
  assertEquals(stringsIn(VALUES, "list"), ["a", "c"]);
  assertEquals(stringsIn(VALUES, "text"), []);
});

Deno.test("the readers see no field that an object only inherits from Object.prototype as a value", () => {
  for (const key of ["constructor", "toString", "__proto__"]) {
    const from = JSON.parse("{}");
    assertEquals([stringIn(from, key), numberIn(from, key), listIn(from, key)], [
      undefined,
      undefined,
      [],
    ]);
  }
});

Deno.test("countIn gives whole numbers that are not negative and can be added", () => {
  const counts = Object.keys(VALUES).map((key) => countIn(VALUES, key));
  const max = Number.MAX_SAFE_INTEGER;
  assertEquals(counts, [0, 0, 2, 0, max, 0, 0, 0, 0, 0, 0]);
  assertEquals(countIn({ a: -0.2 }, "a"), 0);
  assertEquals(countIn({}, "a"), 0);
});

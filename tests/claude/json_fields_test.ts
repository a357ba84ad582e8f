import { assertEquals } from "@std/assert";
import {
  getArray,
  getCount,
  getFirstText,
  getNonEmptyString,
  getNumber,
  getObject,
  getObjects,
  getString,
  getStrings,
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

/** Returns the fields for which a reader returns a value. */
function found(read: (key: keyof typeof VALUES) => unknown): { [key: string]: unknown } {
  const keys = Object.keys(VALUES) as (keyof typeof VALUES)[];
  const entries = keys.map((key) => [key, read(key)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

Deno.test("the readers treat a value of another type as absent", () => {
  assertEquals(found((key) => getString(VALUES, key)), { text: "a", empty: "" });
  assertEquals(found((key) => getNonEmptyString(VALUES, key)), { text: "a" });
  assertEquals(found((key) => getNumber(VALUES, key)), { number: 1.5, negative: -3, huge: 1e308 });
  assertEquals(getObject(VALUES, "object"), { a: 1 });
  assertEquals(getObject(VALUES, "list"), {});
  assertEquals(getObject(VALUES, "nothing"), {});
  assertEquals(getArray(VALUES, "list"), VALUES.list);
  assertEquals(getArray(VALUES, "object"), []);
  assertEquals(getObjects(VALUES, "list"), [{ b: 2 }]);
  assertEquals(getStrings(VALUES, "list"), ["a", "c"]);
  assertEquals(getStrings(VALUES, "text"), []);
});

Deno.test("the readers ignore the fields of Object.prototype", () => {
  for (const key of ["constructor", "toString", "__proto__"]) {
    const from = JSON.parse("{}");
    assertEquals([getString(from, key), getNumber(from, key), getArray(from, key)], [
      undefined,
      undefined,
      [],
    ]);
  }
});

Deno.test("getCount returns 0 for everything but a count", () => {
  const counts = Object.keys(VALUES).map((key) => getCount(VALUES, key));
  assertEquals(new Set(counts), new Set([0]));
  assertEquals(getCount({ a: 7 }, "a"), 7);
  assertEquals(getCount({}, "a"), 0);
});

Deno.test("getFirstText returns the first string that is not blank, unchanged", () => {
  const fields = { blank: " \n", number: 1, padded: " a ", later: "b" };
  assertEquals(getFirstText(fields, ["missing", "blank", "number", "padded", "later"]), " a ");
  assertEquals(getFirstText(fields, ["missing", "blank", "number"]), undefined);
});

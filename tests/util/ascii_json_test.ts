import { assertEquals, assertMatch } from "@std/assert";
import { stringifyAscii } from "../../lib/util/ascii_json.ts";

Deno.test("stringifyAscii writes any text in ASCII, and parsing it returns the same text", () => {
  for (
    const text of ["plain", "é\x7f\x80ÿ", "漢字 👩‍👩‍👧", "\ud800 alone", '"\\\n\0', "\u2028\uffff"]
  ) {
    const json = stringifyAscii({ [text]: text });
    assertMatch(json, /^[\x20-\x7f]*$/);
    assertEquals(JSON.parse(json), { [text]: text });
  }
});

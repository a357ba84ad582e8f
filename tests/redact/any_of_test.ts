import { assertEquals } from "@std/assert";
import { anyOf, anyOfWrapped } from "../../lib/redact/any_of.ts";

Deno.test("anyOf matches each text literally, the longest first", () => {
  const pattern = anyOf(["a.b", "a.b.c", "$&"]);
  assertEquals("a.b.c a.b axb $&".replace(pattern, "#"), "# # axb #");
  assertEquals("anything".replace(anyOf([]), "#"), "anything");
});

Deno.test("anyOf matches a very long text in parts", () => {
  const text = "aB3d".repeat(30_000);
  assertEquals(`x${text}y`.replace(anyOf([text]), ""), "xy");
});

Deno.test("anyOfWrapped also matches a text without its spaces", () => {
  const pattern = anyOfWrapped(["a b c"]);
  assertEquals("abc, a bc, a b c".replace(pattern, "#"), "#, #, #");
});

import { assertEquals } from "@std/assert";
import { joinTexts } from "../../lib/util/join_texts.ts";

Deno.test("joinTexts leaves empty texts out", () => {
  assertEquals(joinTexts(["a", "", undefined, "b"], ", "), "a, b");
  assertEquals(joinTexts([undefined, ""], ", "), "");
});

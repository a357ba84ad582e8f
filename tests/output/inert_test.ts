import { assertEquals } from "@std/assert";
import { inert } from "../../lib/output/inert.ts";

Deno.test("inert breaks commands that a CI log would obey, for all to see", () => {
  assertEquals(inert("::error file=a::no"), "\\::error file=a::no");
  assertEquals(inert("  ::set-output name=a::b"), "  \\::set-output name=a::b");
  assertEquals(inert("text ##[error]no"), "text #\\#[error]no");
  assertEquals(inert("##vso[task.setvariable]x"), "#\\#vso[task.setvariable]x");
});

Deno.test("inert leaves what is no command", () => {
  const line = "std::vector a ::b ## heading #[derive] :x:";
  assertEquals(inert(line), line);
  assertEquals(inert("::b", false), "::b");
});

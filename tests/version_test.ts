import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { VERSION } from "../lib/version.ts";

Deno.test("the version that ccrun says is the one in deno.json", () => {
  assertEquals(VERSION, config.version);
});

import { assertEquals, assertRejects } from "@std/assert";
import { resolvesWithin } from "../../lib/util/resolves_within.ts";

Deno.test("resolvesWithin returns whether a promise resolves in time, and leaves no timer", async () => {
  assertEquals(await resolvesWithin(Promise.resolve(), 60_000), true);
  assertEquals(await resolvesWithin(new Promise(() => {}), 1), false);
  await assertRejects(() => resolvesWithin(Promise.reject(new Error("no")), 60_000), Error, "no");
});

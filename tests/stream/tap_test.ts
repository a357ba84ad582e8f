import { assertEquals, assertRejects } from "@std/assert";
import { tap } from "../../lib/stream/tap.ts";
import { streamOf, textOf } from "../support/bytes.ts";

Deno.test("tap passes each chunk on when its observer has resolved", async () => {
  const seen: string[] = [];
  const observed = tap(async (chunk) => {
    await Promise.resolve();
    seen.push(new TextDecoder().decode(chunk));
  });
  for await (const chunk of streamOf(["a", "b"]).pipeThrough(observed)) {
    assertEquals(seen.at(-1), new TextDecoder().decode(chunk));
  }
  assertEquals(seen, ["a", "b"]);
});

Deno.test("tap breaks the stream with the error of its observer", async () => {
  const observed = tap(() => {
    throw new Error("disk full");
  });
  await assertRejects(() => textOf(streamOf(["a"]).pipeThrough(observed)), Error, "disk full");
});

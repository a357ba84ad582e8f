import { assertEquals } from "@std/assert";
import { pollUntil } from "../../lib/util/poll_until.ts";

Deno.test("pollUntil lets its caller look once more after the end", async () => {
  const order: string[] = [];
  const isOver = () => {
    order.push("asked");
    return order.length > 1;
  };
  for await (const _ of pollUntil(isOver, new AbortController().signal)) order.push("looked");
  assertEquals(order, ["asked", "looked", "asked", "looked"]);
});

Deno.test({
  name: "pollUntil stops to wait when its signal is aborted",
  sanitizeOps: true,
  fn: async () => {
    const stop = new AbortController();
    let looks = 0;
    for await (const _ of pollUntil(() => false, stop.signal)) {
      looks++;
      queueMicrotask(() => stop.abort());
    }
    for await (const _ of pollUntil(() => false, stop.signal)) looks++;
    assertEquals(looks, 1);
  },
});

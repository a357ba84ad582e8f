import { assertEquals } from "@std/assert";
import { wakeUpDelay } from "../../lib/run/wake_up_delay.ts";

Deno.test("wakeUpDelay is the time until a wake-up, at most a day", () => {
  assertEquals(wakeUpDelay(1_000, 400), 600);
  assertEquals(wakeUpDelay(400, 1_000), 0);
  assertEquals(wakeUpDelay(1e12, 0), 86_400_000);
});

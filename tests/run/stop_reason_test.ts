import { assertEquals } from "@std/assert";
import { STOPPED_BY_CALLER, stopReasonOf } from "../../lib/run/stop_reason.ts";

Deno.test("stopReasonOf returns the stop reason of an aborted signal", () => {
  const reason = { failure: { kind: "timeout", message: "took too long" } };
  assertEquals(stopReasonOf(AbortSignal.abort(reason)), reason);
});

Deno.test("stopReasonOf treats any other reason as a stop by the caller", () => {
  for (const reason of [undefined, "enough", new Error("enough"), null, { failed: true }]) {
    assertEquals(stopReasonOf(AbortSignal.abort(reason)), STOPPED_BY_CALLER);
  }
  assertEquals(stopReasonOf(undefined), STOPPED_BY_CALLER);
});

import { assertEquals } from "@std/assert";
import { createCopyDetector, FORWARDER_VARIABLE } from "../../lib/cli/forwarded_signals.ts";

Deno.test("createCopyDetector finds the copies of signals that npm or the launcher forwards", () => {
  for (const variable of ["npm_lifecycle_event", FORWARDER_VARIABLE]) {
    let ms = 0;
    const isCopy = createCopyDetector({ [variable]: "" }, () => ms);
    const rows = [
      { ms: 0, signal: "SIGINT", copy: false },
      { ms: 20, signal: "SIGINT", copy: true },
      { ms: 199, signal: "SIGINT", copy: true },
      { ms: 200, signal: "SIGINT", copy: false },
      { ms: 399, signal: "SIGINT", copy: true },
      { ms: 399, signal: "SIGTERM", copy: false },
      { ms: 400, signal: "SIGINT", copy: false },
    ] as const;
    for (const row of rows) {
      ms = row.ms;
      assertEquals(isCopy(row.signal), row.copy, JSON.stringify(row));
    }
  }
});

Deno.test("createCopyDetector counts every signal if nothing forwards signals", () => {
  const isCopy = createCopyDetector({}, () => 0);
  assertEquals([isCopy("SIGINT"), isCopy("SIGINT")], [false, false]);
});

import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { createEventAge } from "../../lib/util/event_age.ts";

Deno.test("createEventAge tells how long ago the events of a run happened", () => {
  const now = Date.parse("2026-11-27T20:01:00Z");
  const age = createEventAge(() => now);
  const details = { schema: "ccrun.events/1", ccrun: "0.1.0", claude: null, cwd: null } as const;
  const start = (time: string | null): RunEvent => ({
    type: "start",
    seq: 0,
    time_ms: 0,
    time,
    ...details,
  });
  const raw = (time_ms: number | null): RunEvent => ({ type: "raw", seq: 1, time_ms, content: "" });
  const rows: readonly (readonly [event: RunEvent, expected: number])[] = [
    [raw(0), 0],
    [start("2026-11-27T20:00:00Z"), 60_000],
    [raw(59_000), 1_000],
    [raw(61_000), 0],
    [raw(null), 0],
    [start(null), 0],
    [raw(1_000), 0],
  ];
  for (const [event, expected] of rows) assertEquals(age(event), expected);
});

import { assert, assertEquals } from "@std/assert";
import { createTimeScale } from "../../../../lib/render/html/timeline/time_scale.ts";

Deno.test("createTimeScale maps times without gaps to equal distances", () => {
  const { position, breaks } = createTimeScale([{ start: 100, end: 250 }, {
    start: 200,
    end: 300,
  }]);
  assertEquals([100, 150, 200, 300].map(position), [0, 25, 50, 100]);
  assertEquals([0, 1_000].map(position), [0, 100]);
  assertEquals(breaks, []);
});

Deno.test("createTimeScale shortens idle times and marks them", () => {
  const day = 24 * 3_600_000;
  const scale = createTimeScale([{ start: 0, end: 1_000 }, { start: day, end: day + 1_000 }]);
  const [before, after] = [scale.position(1_000), scale.position(day)];
  assert(before < 50 && after > 50 && after - before < 4, `${before} ${after}`);
  assertEquals(scale.breaks.map(Math.round), [50]);
  assertEquals(scale.ticks.at(-1)?.label, "1d");
});

Deno.test("createTimeScale leaves most of the width to the work, however many gaps there are", () => {
  const spans = Array.from({ length: 1_000 }, (_, at) => ({ start: at * 1e6, end: at * 1e6 + 1 }));
  const { position } = createTimeScale(spans);
  const worked = spans.reduce((sum, { start, end }) => sum + position(end) - position(start), 0);
  assert(worked > 79, String(worked));
});

Deno.test("createTimeScale labels round times", () => {
  const labels = (end: number) => createTimeScale([{ start: 0, end }]).ticks.map((t) => t.label);
  assertEquals(labels(1_100), ["0s", "200ms", "400ms", "600ms", "800ms", "1s"]);
  assertEquals(labels(47_000), ["0s", "10s", "20s", "30s", "40s"]);
  assertEquals(labels(11 * 60_000), ["0s", "2m", "4m", "6m", "8m", "10m"]);
  assertEquals(labels(5 * 3_600_000), ["0s", "1h", "2h", "3h", "4h", "5h"]);
});

Deno.test("createTimeScale accepts spans without a length", () => {
  const { position, ticks } = createTimeScale([{ start: 5, end: 5 }]);
  assertEquals([position(5), ticks.length], [0, 1]);
});

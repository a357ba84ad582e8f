import { assertEquals } from "@std/assert";
import {
  formatCount,
  formatDuration,
  formatOffset,
  formatTokenCount,
  formatUsd,
} from "../../../lib/render/html/format.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

Deno.test("formatDuration formats times from milliseconds to days", () => {
  const cases: [ms: number | null, text: string][] = [
    [null, "unknown"],
    [0, "0ms"],
    [120.4, "120ms"],
    [4_500, "4.5s"],
    [125 * SECOND, "2m 05s"],
    [3 * HOUR, "3h 00m"],
    [76 * HOUR, "3d 4h"],
  ];
  for (const [ms, text] of cases) assertEquals(formatDuration(ms), text);
});

Deno.test("formatOffset formats the time since the start of the session", () => {
  const cases: [ms: number, text: string][] = [
    [0, "0:00"],
    [7_900, "0:07"],
    [HOUR + 62 * SECOND, "1:01:02"],
    [53 * HOUR + 61 * SECOND, "2d 5:01"],
  ];
  for (const [ms, text] of cases) assertEquals(formatOffset(ms), text);
});

Deno.test("what is not known is unknown, not 0", () => {
  assertEquals([formatUsd(null), formatUsd(0)], ["unknown", "$0.00"]);
  assertEquals([formatTokenCount(undefined), formatTokenCount(0)], ["unknown", "0"]);
});

Deno.test("formatCount separates thousands", () => {
  assertEquals([1, 12_345].map((count) => formatCount(count, "step")), ["1 step", "12,345 steps"]);
});

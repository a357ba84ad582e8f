import { assertEquals } from "@std/assert";
import {
  formatClock,
  formatCost,
  formatCount,
  formatSeconds,
  formatTokens,
  formatUtcMinute,
} from "../../lib/util/units.ts";

Deno.test("formatSeconds gets coarser for longer times", () => {
  const given = [0, 349, 9_999, 10_000, 59_999, 60_000, 125_000, 3_599_999, 3_720_000, -1];
  assertEquals(given.map(formatSeconds), [
    "0.0s",
    "0.3s",
    "9.9s",
    "10s",
    "59s",
    "1m 00s",
    "2m 05s",
    "59m 59s",
    "1h 02m",
    "0.0s",
  ]);
});

Deno.test("formatClock returns whole seconds", () => {
  assertEquals([0, 3_999, 12_345, 125_000].map(formatClock), ["0s", "3s", "12s", "2m 05s"]);
});

Deno.test("formatTokens never shows four digits before a unit", () => {
  assertEquals(
    [0, 999, 1_000, 1_249, 99_949, 99_950, 999_499, 999_500, 1_250_000].map(formatTokens),
    [
      "0",
      "999",
      "1.0k",
      "1.2k",
      "99.9k",
      "100k",
      "999k",
      "1.0M",
      "1.3M",
    ],
  );
});

Deno.test("formatCost gives small costs more digits", () => {
  assertEquals([0, 0.005, 0.0999, 0.12, 1.234].map(formatCost), [
    "$0.00",
    "$0.0050",
    "$0.0999",
    "$0.12",
    "$1.23",
  ]);
});

Deno.test("formatCount adds the plural", () => {
  assertEquals([0, 1, 2].map((count) => formatCount(count, "line")), [
    "0 lines",
    "1 line",
    "2 lines",
  ]);
});

Deno.test("formatUtcMinute formats a time in UTC, and keeps what is no time", () => {
  assertEquals(formatUtcMinute("2026-11-27T10:00:59+02:00"), "2026-11-27 08:00 UTC");
  assertEquals(formatUtcMinute("soon"), "soon");
});

import { assertEquals } from "@std/assert";
import { formatDuration, MAX_DURATION_MS, parseDuration } from "../../lib/util/duration.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

Deno.test("parseDuration reads units in falling order, with decimals", () => {
  const table: readonly (readonly [text: string, ms: number])[] = [
    ["500ms", 500],
    ["90s", 90 * SECOND],
    ["10m", 10 * MINUTE],
    ["36h", 36 * HOUR],
    ["2d", 2 * DAY],
    ["007s", 7 * SECOND],
    ["1h30m", HOUR + 30 * MINUTE],
    ["1m500ms", MINUTE + 500],
    ["1d2h3m4s5ms", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5],
    ["0h5m", 5 * MINUTE],
    ["1.5h", 90 * MINUTE],
    [".5s", 500],
    ["1m2.5s", MINUTE + 2_500],
    // Not 1100.0000000000002.
    ["1.1s", 1_100],
    ["2.0015s", 2_002],
    [" 10m\n", 10 * MINUTE],
    // 0 may mean no limit, so a tiny duration is not rounded to it.
    ...["0", "0s", "0ms", "0d", "0h0m", "0.0s", "\t0 "].map((text) => [text, 0] as const),
    ...["0.4ms", "0.0001s", ".000001m"].map((text) => [text, 1] as const),
    ["999d", 999 * DAY],
    ["23976h", 999 * DAY],
    [`0.${"9".repeat(400)}s`, SECOND],
  ];
  for (const [text, ms] of table) assertEquals(parseDuration(text), ms, JSON.stringify(text));
});

Deno.test("parseDuration rejects everything else", () => {
  const texts = [
    ...["30m1h", "1ms1s", "1s1m", "1h1h", "1m30m"],
    ...["1w", "10min", "5sec", "1H", "10M", "5µs", "s", "h1", "1hm", "ms", "P1D"],
    ...["1.h", ".h", "1..5h", "1,5h", "1e3s", "1_000s"],
    ...["1", "90", "00", "0.0", "1.5", "1h30", "30 "],
    ...["", " ", "-1s", "-0", "+1s", "none", "Infinity", "NaN", "1s\0"],
    ...["1h 30m", "10 m", "1h\n30m"],
    ...["999d1ms", "1000d", "86313600001ms", `${"9".repeat(400)}d`],
    // A pattern that backtracks would never end.
    ...["1".repeat(1e5), `${"1".repeat(1e5)}x`, "1.".repeat(1e5), "1h".repeat(1e5)],
  ];
  for (const text of texts) assertEquals(parseDuration(text), undefined, text.slice(0, 20));
});

Deno.test("formatDuration names the units that are not 0, and rounds to milliseconds", () => {
  const table: readonly (readonly [ms: number, text: string])[] = [
    [0, "0s"],
    [-1, "0s"],
    [0.3, "0s"],
    [1.5, "2ms"],
    [999, "999ms"],
    [999.6, "1s"],
    [1_100.0000000000002, "1.1s"],
    [2_500, "2.5s"],
    [59_999, "59.999s"],
    [59_999.7, "1m"],
    [90 * SECOND, "1m30s"],
    [MINUTE + 500, "1m0.5s"],
    [90 * MINUTE, "1h30m"],
    [HOUR + SECOND, "1h1s"],
    [36 * HOUR, "1d12h"],
    [MAX_DURATION_MS, "999d"],
  ];
  for (const [ms, text] of table) assertEquals(formatDuration(ms), text);
});

Deno.test("parseDuration returns what formatDuration formatted", () => {
  const check = (ms: number) => assertEquals(parseDuration(formatDuration(ms)), ms, `${ms} ms`);
  for (let ms = 0; ms < 130_000; ms += 7) check(ms);
  // Steps that share no factor with a unit, so that every kind of remainder occurs.
  for (let ms = 1; ms < MAX_DURATION_MS; ms += 12_345_677) check(ms);
});

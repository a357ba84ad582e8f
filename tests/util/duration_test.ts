import { assertEquals } from "@std/assert";
import { formatDuration, MAX_DURATION_MS, parseDuration } from "../../lib/util/duration.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

function assertRead(table: readonly (readonly [text: string, ms: number | undefined])[]): void {
  for (const [text, ms] of table) assertEquals(parseDuration(text), ms, JSON.stringify(text));
}

Deno.test("parseDuration accepts each unit", () => {
  assertRead([
    ["500ms", 500],
    ["90s", 90 * SECOND],
    ["10m", 10 * MINUTE],
    ["36h", 36 * HOUR],
    ["2d", 2 * DAY],
    ["007s", 7 * SECOND],
  ]);
});

Deno.test("parseDuration adds units in falling order", () => {
  assertRead([
    ["1h30m", HOUR + 30 * MINUTE],
    ["1m500ms", MINUTE + 500],
    ["1d1s", DAY + SECOND],
    ["1d2h3m4s5ms", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5],
    ["0h5m", 5 * MINUTE],
  ]);
});

Deno.test("parseDuration rejects units that rise, repeat, or do not exist", () => {
  const wrong = ["30m1h", "1ms1s", "1s1m", "1h1h", "1m30m", "5ms5ms"];
  const none = ["1w", "1y", "10min", "5sec", "1H", "10M", "5µs", "s", "h1", "1hm", "ms", "P1D"];
  assertRead([...wrong, ...none].map((text) => [text, undefined]));
});

Deno.test("parseDuration reads decimals", () => {
  assertRead([
    ["1.5h", 90 * MINUTE],
    [".5s", 500],
    ["0.25d", 6 * HOUR],
    ["1m2.5s", MINUTE + 2_500],
    // Not 1100.0000000000002.
    ["1.1s", 1_100],
    ["2.0015s", 2_002],
  ]);
  assertRead(["1.h", ".h", "1..5h", "1,5h", "1.5", "1e3s", "1_000s"].map((text) => [
    text,
    undefined,
  ]));
});

Deno.test("parseDuration reads 0 with a unit or without one", () => {
  assertRead([["0", 0], ["0s", 0], ["0ms", 0], ["0d", 0], ["0h0m", 0], ["0.0s", 0]]);
});

Deno.test("parseDuration returns 0 only for 0", () => {
  // 0 may mean no limit at all, which is the opposite of a very short one.
  assertRead([["0.4ms", 1], ["0.0001s", 1], [".000001m", 1]]);
});

Deno.test("parseDuration rejects a number without a unit", () => {
  assertRead(["1", "90", "00", "0.0", "1.5", "1h30", "30 "].map((text) => [text, undefined]));
});

Deno.test("parseDuration rejects signs, words and an empty text", () => {
  const texts = ["", " ", "-1s", "-0", "+1s", "--5m", "none", "never", "Infinity", "NaN", "1s\0"];
  assertRead(texts.map((text) => [text, undefined]));
});

Deno.test("parseDuration ignores blanks around the duration", () => {
  assertRead([[" 10m\n", 10 * MINUTE], ["\t0 ", 0]]);
  assertRead(["1h 30m", "10 m", "1h\n30m", "1 .5h"].map((text) => [text, undefined]));
});

Deno.test("parseDuration accepts up to 999 days", () => {
  assertEquals(MAX_DURATION_MS, 999 * DAY);
  assertRead([
    ["999d", 999 * DAY],
    ["23976h", 999 * DAY],
    ["999d1ms", undefined],
    ["1000d", undefined],
    ["86313600001ms", undefined],
    [`${"9".repeat(400)}d`, undefined],
    [`0.${"9".repeat(400)}s`, SECOND],
  ]);
});

Deno.test("parseDuration rejects a long text without backtracking", () => {
  // It takes a few milliseconds; what backtracks would never end.
  for (const text of ["1".repeat(1e5), `${"1".repeat(1e5)}x`, "1.".repeat(1e5), "1h".repeat(1e5)]) {
    assertEquals(parseDuration(text), undefined);
  }
});

Deno.test("formatDuration names the units that are not 0", () => {
  const table: readonly (readonly [ms: number, text: string])[] = [
    [0, "0s"],
    [1, "1ms"],
    [500, "500ms"],
    [999, "999ms"],
    [SECOND, "1s"],
    [2_500, "2.5s"],
    [59_999, "59.999s"],
    [MINUTE, "1m"],
    [90 * SECOND, "1m30s"],
    [MINUTE + 500, "1m0.5s"],
    [30 * MINUTE, "30m"],
    [90 * MINUTE, "1h30m"],
    [HOUR + SECOND, "1h1s"],
    [DAY, "1d"],
    [36 * HOUR, "1d12h"],
    [MAX_DURATION_MS, "999d"],
  ];
  for (const [ms, text] of table) assertEquals(formatDuration(ms), text);
});

Deno.test("formatDuration rounds to milliseconds", () => {
  const given = [0.3, 1.5, 999.6, 59_999.7, 1_100.0000000000002, -1, -0];
  assertEquals(given.map(formatDuration), ["0s", "2ms", "1s", "1m", "1.1s", "0s", "0s"]);
});

Deno.test("parseDuration returns what formatDuration formatted", () => {
  const check = (ms: number) => assertEquals(parseDuration(formatDuration(ms)), ms, `${ms} ms`);
  for (let ms = 0; ms < 130_000; ms += 7) check(ms);
  // Steps that share no factor with a unit, so that every kind of remainder is met.
  for (let ms = 1; ms < MAX_DURATION_MS; ms += 12_345_677) check(ms);
  check(MAX_DURATION_MS);
});

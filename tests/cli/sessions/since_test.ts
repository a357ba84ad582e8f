import { assertEquals } from "@std/assert";
import { parseSince } from "../../../lib/cli/sessions/since.ts";

const NOW = Date.parse("2026-11-27T12:00:00.000Z");
const HOUR = 3_600_000;

Deno.test("parseSince reads durations, dates and RFC 3339 times", () => {
  const rows: [string, number][] = [
    ["7d", NOW - 7 * 24 * HOUR],
    ["1h30m", NOW - 1.5 * HOUR],
    [" 12h ", NOW - 12 * HOUR],
    ["2026-11-20", new Date(2026, 10, 20).getTime()],
    ["2024-02-29", new Date(2024, 1, 29).getTime()],
    ["2026-11-20T10:00:00Z", Date.UTC(2026, 10, 20, 10)],
    ["2026-11-20T10:00:00.5+02:00", Date.UTC(2026, 10, 20, 8) + 500],
  ];
  for (const [text, expected] of rows) assertEquals(parseSince(text, NOW), expected, text);
});

Deno.test("parseSince rejects anything else", () => {
  const texts = ["yesterday", "7", "-7d", "", "2026-13-01", "2026-02-30", "2026-11", "20.11.2026"]
    .concat("2026-11-20T10:00", "2026-11-20T25:00:00Z", "0000-00-00", "7w", "d");
  for (const text of texts) assertEquals(parseSince(text, NOW), undefined, text);
});

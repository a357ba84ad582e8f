import { assertEquals } from "@std/assert";
import type { Total } from "../../../lib/claude/sessions/usage_totals.ts";
import { totalsTable } from "../../../lib/cli/sessions/totals_table.ts";

const TOTAL: Total = {
  sessions: 3,
  usage: { input: 1000, output: 200, cache_read: 30, cache_write: 4 },
  cost_usd: 1.25,
  sessions_without_cost: 0,
};

Deno.test("totalsTable aligns the totals below a heading", () => {
  const rows = [
    { key: "claude-opus-5-5", total: { ...TOTAL, sessions: 120 } },
    { key: null, total: { ...TOTAL, cost_usd: null, sessions_without_cost: 3 } },
  ];
  assertEquals(
    totalsTable(rows, { by: "model", hasHeading: true }),
    "MODEL            SESSIONS  INPUT  OUTPUT  CACHE READ  CACHE WRITE   COST\n" +
      "claude-opus-5-5       120   1.0k     200          30            4  $1.25\n" +
      "unknown                 3   1.0k     200          30            4      -  3 sessions without cost\n",
  );
});

Deno.test("totalsTable prints a single total without a key", () => {
  const total = { ...TOTAL, sessions_without_cost: 1 };
  const options = { hasHeading: false };
  assertEquals(
    totalsTable([{ key: null, total }], options),
    "3  1.0k  200  30  4  $1.25+  1 session without cost\n",
  );
  assertEquals(totalsTable([], options), "");
});

Deno.test("totalsTable sanitizes keys", () => {
  const table = totalsTable([{ key: "/a\x1b[31m\n\u202eb", total: TOTAL }], {
    by: "workspace",
    hasHeading: false,
  });
  assertEquals(table, "/a ⏎ <U+202E>b  3  1.0k  200  30  4  $1.25\n");
});

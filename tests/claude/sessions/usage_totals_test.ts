import { assertEquals } from "@std/assert";
import { UsageCollector } from "../../../lib/claude/sessions/usage_steps.ts";
import {
  type Total,
  UsageTotals,
  type UsageTotalsOptions,
} from "../../../lib/claude/sessions/usage_totals.ts";
import { formatLocalDay } from "../../../lib/util/units.ts";
import type { JsonObject } from "../../support/json.ts";
import { answerLine, costLine } from "./usage_lines.ts";

/** Returns the totals of sessions with these lines, which are all in the same workspace. */
function totalsOf(
  sessions: readonly (readonly JsonObject[])[],
  options?: UsageTotalsOptions,
): ReadonlyMap<string | null, Total> {
  const totals = new UsageTotals(options);
  for (const lines of sessions) {
    const collector = new UsageCollector();
    for (const line of lines) collector.read(line);
    totals.add({ workspace: "/w", steps: collector.steps });
  }
  return totals.totals;
}

/** Returns sessions, messages, cost, and sessions without cost, by key. */
function summaryOf(...args: Parameters<typeof totalsOf>): unknown {
  return Object.fromEntries(
    totalsOf(...args).entries().map(([key, total]) => {
      const { sessions, usage, cost_usd, sessions_without_cost } = total;
      return [key, [sessions, usage.input / 100, cost_usd, sessions_without_cost]];
    }),
  );
}

const A = answerLine({ id: "a" });
const B = answerLine({ id: "b" });
const C = answerLine({ id: "c" });
const D = answerLine({ id: "d" });

Deno.test("UsageTotals adds up tokens, and the costs that are recorded", () => {
  const rows: [name: string, sessions: JsonObject[][], total: unknown][] = [
    ["nothing", [], [0, 0, 0, 0]],
    ["a session without messages", [[]], [1, 0, 0, 0]],
    ["a session without messages, but a cost", [[costLine({ o: 1 })]], [1, 0, 1, 0]],
    ["the last cost of a session", [[A, costLine({ o: 1 }), B, costLine({ o: 3 })]], [1, 2, 3, 0]],
    ["a cost of 0", [[A, costLine({ o: 0 })]], [1, 1, 0, 0]],
    ["no cost", [[A], [B]], [2, 2, null, 2]],
    ["the cost of one of two", [[A, costLine({ o: 1 })], [B]], [2, 2, 1, 1]],
    ["messages after the last cost", [[A, costLine({ o: 1 }), B]], [1, 2, 1, 1]],
    [
      "costs of messages",
      [[
        answerLine({ id: "a", more: { costUSD: 0.1 } }),
        answerLine({
          id: "b",
          more: { costUSD: 0.2 },
        }),
      ]],
      [1, 2, 0.3, 0],
    ],
    ["a cost that starts again", [[A, costLine({ o: 3 }), B, costLine({ o: 1 })]], [1, 2, 4, 0]],
    // Claude Code does not know the cost of the run that was killed.
    ["a killed run", [[A, costLine({ o: 1 }, 10), B, C, costLine({ o: 2 }, 20)]], [1, 3, 2, 1]],
    ["a request that is no message", [[A, costLine({ o: 1 }, 25), B, C, costLine({ o: 2 }, 40)]], [
      1,
      3,
      2,
      0,
    ]],
    ["unknown prices", [[A, { ...costLine({ o: 1 }), hasUnknownModelCost: true }]], [1, 1, 1, 1]],
  ];
  for (const [name, sessions, total] of rows) {
    assertEquals(summaryOf(sessions), { null: total }, name);
  }
});

Deno.test("UsageTotals counts what forks have in common once, in any order", () => {
  const original = [A, costLine({ o: 1 }), B, costLine({ o: 2 })];
  const continued = [...original, D, costLine({ o: 10 })];
  const fork = [A, B, C, costLine({ o: 5 })];
  const forkOfFork = [A, B, C, answerLine({ id: "e" }), costLine({ o: 25 })];
  const copy = [A, B, costLine({ o: 2 })];
  const rows: [JsonObject[][], unknown][] = [
    [[original, fork], [2, 3, 5, 0]],
    [[fork, original], [1, 3, 5, 0]],
    [[continued, fork], [2, 4, 13, 0]],
    [[fork, continued], [2, 4, 13, 0]],
    [[original, fork, forkOfFork], [3, 4, 25, 0]],
    [[forkOfFork, fork, original], [1, 4, 25, 0]],
    [[original, copy], [1, 2, 2, 0]],
    // The fork was compacted.
    [[[A, costLine({ o: 1 })], [A, costLine({ o: 2 })]], [2, 1, 2, 0]],
    [[[A, costLine({ o: 2 })], [A, costLine({ o: 1 })]], [1, 1, 2, 0]],
    // The original was deleted.
    [[fork], [1, 3, 5, 0]],
    // The original was killed, so its cost is not known. The fork does not know it, either.
    [[[A], [A, B, costLine({ o: 1 })]], [2, 2, 1, 1]],
  ];
  for (const [index, [sessions, total]] of rows.entries()) {
    assertEquals(summaryOf(sessions), { null: total }, `row ${index}`);
  }
});

Deno.test("UsageTotals counts messages of other sessions that have only their id in common", () => {
  const other = answerLine({ id: "a", output: 11 });
  assertEquals(summaryOf([[A], [other]]), { null: [2, 2, null, 2] });
});

Deno.test("UsageTotals does not copy the messages of subagents to forks", () => {
  const subagent = answerLine({ id: "s", more: { isSidechain: true } });
  const original = [A, costLine({ o: 1 }), B, subagent, costLine({ o: 3 })];
  const fork = [A, B, C, costLine({ o: 5 })];
  for (const sessions of [[original, fork], [fork, original]]) {
    assertEquals(summaryOf(sessions), { null: [2, 4, 5, 0] });
  }
});

Deno.test("UsageTotals groups messages by their own day, and costs by that of the recording", () => {
  const evening = "2026-11-20T12:00:00.000Z";
  const morning = "2026-11-21T12:00:00.000Z";
  const night = [
    answerLine({ id: "a", time: evening }),
    costLine({ o: 1 }),
    answerLine({ id: "b", time: evening }),
    answerLine({ id: "c", time: morning }),
    costLine({ o: 4 }),
    answerLine({ id: "d", time: morning }),
  ];
  const [first, second] = [evening, morning].map((time) => formatLocalDay(Date.parse(time)));
  assertEquals(summaryOf([night], { by: "day" }), {
    [first!]: [1, 2, 1, 0],
    [second!]: [1, 2, 3, 1],
  });
  const timeless = answerLine({ id: "e", more: { timestamp: null } });
  assertEquals(summaryOf([[timeless]], { by: "day" }), { null: [1, 1, null, 1] });
});

Deno.test("UsageTotals groups by model and by workspace", () => {
  const lines = [A, answerLine({ id: "b", model: "haiku" }), costLine({ opus: 1, haiku: 0.5 })];
  const unknown = [answerLine({ id: "c", model: "\x1b" })];
  assertEquals(summaryOf([lines, unknown, []], { by: "model" }), {
    opus: [1, 1, 1, 0],
    haiku: [1, 1, 0.5, 0],
    null: [1, 1, null, 1],
  });
  assertEquals(summaryOf([lines, unknown, []], { by: "workspace" }), { "/w": [3, 3, 1.5, 1] });
});

Deno.test("UsageTotals counts only what is new enough", () => {
  const old = "2026-11-01T10:00:00.000Z";
  const sinceMs = Date.parse("2026-11-10T00:00:00.000Z");
  const copied = { sessionId: "new", requestSessionId: "old" };
  const oldLine = answerLine({ id: "a", time: old });
  const oldCopy = answerLine({ id: "a", time: old, more: copied });
  const rows: [name: string, sessions: JsonObject[][], total: unknown][] = [
    ["a session", [[oldLine, costLine({ o: 1 }), B, costLine({ o: 3 })]], [1, 1, 2, 0]],
    ["an old session", [[oldLine, costLine({ o: 1 })]], [0, 0, 0, 0]],
    ["a fork", [[oldLine, costLine({ o: 1 })], [oldCopy, B, costLine({ o: 3 })]], [1, 1, 2, 0]],
    // The cost of the fork includes that of the original.
    ["a fork of an older session", [[oldCopy, B, costLine({ o: 3 })]], [1, 1, null, 1]],
    [
      "a fork of an older session, resumed",
      [[oldCopy, B, costLine({ o: 3 }), C, costLine({ o: 4 })]],
      [1, 2, 1, 1],
    ],
  ];
  for (const [name, sessions, total] of rows) {
    assertEquals(summaryOf(sessions, { sinceMs }), { null: total }, name);
  }
});

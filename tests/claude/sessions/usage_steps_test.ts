import { assertEquals, assertThrows } from "@std/assert";
import { UsageCollector, type UsageStep } from "../../../lib/claude/sessions/usage_steps.ts";
import type { JsonObject } from "../../support/json.ts";
import { assistantLine, userLine } from "../../support/session_files.ts";
import { answerLine, costLine } from "./usage_lines.ts";

function stepsOf(...entries: JsonObject[]): readonly UsageStep[] {
  const collector = new UsageCollector();
  for (const entry of entries) collector.read(entry);
  return collector.steps;
}

const TIME = "2026-11-20T10:00:00.000Z";
const USAGE = { input: 100, output: 10, cache_read: 0, cache_write: 0 };
const MESSAGE: UsageStep = {
  type: "message",
  id: "a",
  timeMs: Date.parse(TIME),
  model: "opus",
  usage: USAGE,
  costUsd: null,
  isSubagent: false,
  isCopy: false,
};

Deno.test("UsageCollector reads a message once, with the tokens of its last line", () => {
  assertEquals(stepsOf(answerLine({ id: "a" })), [MESSAGE]);
  const lines = [
    answerLine({ id: "a", output: 1 }),
    answerLine({ id: "b" }),
    answerLine({ id: "a", output: 42, time: "2026-11-20T10:00:09.000Z" }),
  ];
  const usages = stepsOf(...lines).map((step) => step.type === "message" && step.usage.output);
  assertEquals(usages, [42, 10]);
  assertEquals(stepsOf(...lines)[0]?.timeMs, MESSAGE.timeMs);
});

Deno.test("UsageCollector reads what versions record with a message", () => {
  const rows: [JsonObject, Partial<UsageStep>][] = [
    [{ costUSD: 0.5 }, { costUsd: 0.5 }],
    // A copy in a resumed session.
    [{ costUSD: 0 }, { costUsd: null }],
    [{ costUSD: "much" }, { costUsd: null }],
    [{ isSidechain: true }, { isSubagent: true }],
    [{ sessionId: "new", requestSessionId: "old" }, { isCopy: true }],
    [{ sessionId: "new", requestSessionId: "new" }, { isCopy: false }],
    [{ timestamp: "yesterday" }, { timeMs: null }],
  ];
  for (const [more, expected] of rows) {
    assertEquals(stepsOf(answerLine({ id: "a", more })), [
      { ...MESSAGE, ...expected } as UsageStep,
    ]);
  }
});

Deno.test("UsageCollector ignores the messages of Claude Code, and reads those without tokens", () => {
  assertEquals(stepsOf(answerLine({ id: "a", model: "<synthetic>" })), []);
  assertEquals(stepsOf(userLine("Hello")), []);
  const [step] = stepsOf(assistantLine("Done."));
  assertEquals(step?.type === "message" && [step.model, step.usage.input], [null, 0]);
});

Deno.test("UsageCollector reads recorded costs at the time of the entry before", () => {
  const time = "2026-11-20T11:00:00.000Z";
  const [cost] = stepsOf(
    userLine("Hello", { timestamp: time }),
    costLine({ opus: 1, haiku: 2 }, 5),
  );
  assertEquals(cost, {
    type: "cost",
    timeMs: Date.parse(time),
    costs: new Map([["opus", 1], ["haiku", 2]]),
    outputTokens: 10,
    isComplete: true,
  });
});

Deno.test("UsageCollector reads costs that are incomplete or partly nonsense", () => {
  const rows: [JsonObject, [string | null, number][], boolean][] = [
    [{ ...costLine({ opus: 1 }), hasUnknownModelCost: true }, [["opus", 1]], false],
    [costLine({ "opus[1m]": 1, opus: 2 }), [["opus", 3]], true],
    [{ type: "cost-state", totalCostUSD: 2 }, [[null, 2]], true],
    [{ type: "cost-state", totalCostUSD: 2, modelUsage: { opus: 3 } }, [[null, 2]], true],
  ];
  for (const [line, costs, isComplete] of rows) {
    const read = { costs: new Map(costs), outputTokens: null, isComplete };
    assertEquals(stepsOf(line), [{ type: "cost", timeMs: null, ...read }]);
  }
  assertEquals(stepsOf({ type: "cost-state", totalCostUSD: -1 }), []);
});

Deno.test("UsageCollector refuses a file that would fill the memory", () => {
  const collector = new UsageCollector();
  const cost = costLine({ opus: 1 });
  const flood = () => {
    for (let count = 0; count < 400_000; count++) collector.read(cost);
  };
  assertThrows(flood, Error, "too many messages");
});
